import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { Ids } from '../ids.ts';
import { type Blob, type Block, blobJson, blockJson, type ListedBlock, sizeOf } from './blob.ts';
import type { BlobProperties } from './file-storage.ts';
import { StorageError } from './storage-error.ts';

/** The most that the blobs of one hub may take, with their blocks, in bytes. */
export const STORE_BYTES = 256 * 1024 * 1024;

// https://learn.microsoft.com/rest/api/storageservices/put-block and put-block-list
const MOST_UNCOMMITTED = 100_000;
const MOST_COMMITTED = 50_000;
const LONGEST_BLOCK_ID = 64;
/** How long blocks without a list are kept after the last one. */
const BLOCKS_MS = 7 * 24 * 3_600_000;
const TIMER = 'blob-blocks';
/** About what a blob or block takes besides its bytes. */
const OVERHEAD = 512;

/** What a blob is besides its content. */
export type BlobHeaders = Readonly<Record<string, string>>;

/**
 * Room: the blobs that devices have uploaded, where the hub has no storage account of its own. Like one container of Azure
 * Storage: https://learn.microsoft.com/rest/api/storageservices/operations-on-block-blobs
 */
export class Blobs {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #scheduler: Scheduler;
  readonly #blobs = new StateMap<Blob>();
  readonly #blocks = new StateMap<Block>();
  /** The blocks by blob and id, derived from the rows. */
  #waiting = new Map<string, Map<string, Uint8Array>>();
  /** Bytes of all rows. */
  #bytes = 0;

  constructor({ clock, ids, scheduler }: { clock: Clock; ids: Ids; scheduler: Scheduler }) {
    this.#clock = clock;
    this.#ids = ids;
    this.#scheduler = scheduler;
    scheduler.on(TIMER, (name) => this.dropBlocks(name));
  }

  get spaces() {
    return [keySpace('blobs', this.#blobs, blobJson), keySpace('blob-blocks', this.#blocks, blockJson)];
  }

  /** What may still be stored, bytes. */
  get free(): number {
    return STORE_BYTES - this.#bytes;
  }

  find(name: string): Blob | undefined {
    return this.#blobs.get(name);
  }

  /** Throws BlobNotFound. */
  get(name: string): Blob {
    const blob = this.find(name);
    if (blob === undefined) throw new StorageError('BlobNotFound', 'The specified blob does not exist.');
    return blob;
  }

  properties(name: string): BlobProperties | undefined {
    const blob = this.find(name);
    return blob && { size: sizeOf(blob.content), modifiedAt: blob.modifiedAt };
  }

  /** All blobs with their names, oldest first. */
  entries(): Iterable<{ readonly key: string; readonly value: Blob }> {
    return this.#blobs.entries();
  }

  /** A blob as a whole; its blocks are gone. Throws RequestBodyTooLarge. */
  put(name: string, bytes: Uint8Array, headers: BlobHeaders): Blob {
    return this.#write(name, { content: bytes.length === 0 ? [] : [bytes], blockIds: [], headers });
  }

  /** A block for a later list. Throws InvalidBlockId, InvalidBlobOrBlock, BlockCountExceedsLimit, RequestBodyTooLarge. */
  putBlock(name: string, id: string, bytes: Uint8Array): void {
    const waiting = this.#waiting.get(name) ?? new Map<string, Uint8Array>();
    checkBlockId(id, waiting);
    const before = waiting.get(id);
    if (before === undefined && waiting.size >= MOST_UNCOMMITTED)
      throw new StorageError(
        'BlockCountExceedsLimit',
        `The uncommitted block count cannot exceed the maximum limit of ${MOST_UNCOMMITTED} blocks.`,
      );
    const more = bytes.length + OVERHEAD - (before === undefined ? 0 : before.length + OVERHEAD);
    this.#demandRoom(more);
    this.#bytes += more;
    this.#waiting.set(name, waiting.set(id, bytes));
    this.#blocks.set(blockKey(name, id), { blob: name, id, bytes });
    this.#scheduler.remove(TIMER, name);
    this.#scheduler.put({ at: this.#clock.now() + BLOCKS_MS, kind: TIMER, key: name });
  }

  /** A blob of blocks, in the order of the list. Throws BlockListTooLong, InvalidBlockList. */
  putBlockList(name: string, list: readonly ListedBlock[], headers: BlobHeaders): Blob {
    if (list.length > MOST_COMMITTED)
      throw new StorageError('BlockListTooLong', `The block list may not contain more than ${MOST_COMMITTED} blocks.`);
    const waiting = this.#waiting.get(name);
    const old = this.find(name);
    const committed = new Map(old?.blockIds.map((id, index) => [id, old.content[index]]));
    const content = list.map(({ kind, id }) => {
      const bytes =
        (kind === 'Committed' ? undefined : waiting?.get(id)) ??
        (kind === 'Uncommitted' ? undefined : committed.get(id));
      if (bytes === undefined) throw new StorageError('InvalidBlockList', 'The specified block list is invalid.');
      return bytes;
    });
    return this.#write(name, { content, blockIds: list.map(({ id }) => id), headers });
  }

  /** Throws BlobNotFound. */
  delete(name: string): void {
    this.#remove(name, this.get(name));
  }

  /** Forgets the blocks of a blob that are in no list. */
  dropBlocks(name: string): void {
    for (const [id, bytes] of this.#waiting.get(name) ?? []) {
      this.#blocks.delete(blockKey(name, id));
      this.#bytes -= bytes.length + OVERHEAD;
    }
    this.#waiting.delete(name);
    this.#scheduler.remove(TIMER, name);
  }

  clear(): void {
    for (const name of [...this.#waiting.keys()]) this.dropBlocks(name);
    for (const { key, value } of this.#blobs.entries()) this.#remove(key, value);
  }

  /** After rows were loaded or restored. */
  resume(): void {
    this.#waiting = new Map();
    this.#bytes = 0;
    for (const { blob, id, bytes } of this.#blocks.values()) {
      this.#waiting.set(blob, (this.#waiting.get(blob) ?? new Map<string, Uint8Array>()).set(id, bytes));
      this.#bytes += bytes.length + OVERHEAD;
    }
    for (const blob of this.#blobs.values()) this.#bytes += bytesOf(blob);
  }

  #write(name: string, parts: Pick<Blob, 'content' | 'blockIds' | 'headers'>): Blob {
    const blob = { ...parts, etag: this.#ids.blobTag(), modifiedAt: this.#clock.now() };
    const old = this.find(name);
    const gone = (old === undefined ? 0 : bytesOf(old)) + this.#waitingBytes(name);
    this.#demandRoom(bytesOf(blob) - gone);
    this.dropBlocks(name);
    if (old !== undefined) this.#bytes -= bytesOf(old);
    this.#bytes += bytesOf(blob);
    this.#blobs.set(name, blob);
    return blob;
  }

  #remove(name: string, blob: Blob): void {
    this.#blobs.delete(name);
    this.#bytes -= bytesOf(blob);
  }

  #waitingBytes(name: string): number {
    let sum = 0;
    for (const { length } of this.#waiting.get(name)?.values() ?? []) sum += length + OVERHEAD;
    return sum;
  }

  #demandRoom(more: number): void {
    if (more > this.free) throw tooLarge();
  }
}

/** There is no room. */
export const tooLarge = (): StorageError =>
  new StorageError(
    'RequestBodyTooLarge',
    'The request body is too large and exceeds the maximum permissible limit.',
    `The emulator keeps ${STORE_BYTES} bytes of blobs. Delete some, reset the hub, or start it with --storage.`,
  );

const blockKey = (name: string, id: string): string => `${name}\n${id}`;

const bytesOf = ({ content, blockIds, headers }: Blob): number =>
  sizeOf(content) + OVERHEAD * (1 + blockIds.length) + JSON.stringify(headers).length;

/** All ids of a blob have the same length. */
const checkBlockId = (id: string, others: ReadonlyMap<string, unknown>): void => {
  if (
    !/^[A-Za-z0-9+/]+={0,2}$/.test(id) ||
    id.length % 4 !== 0 ||
    (id.replace(/={1,2}$/, '').length * 3) / 4 >= LONGEST_BLOCK_ID + 1
  )
    throw new StorageError('InvalidBlockId', 'The specified block ID is invalid. The block ID must be Base64-encoded.');
  const [other] = others.keys();
  if (other !== undefined && other.length !== id.length)
    throw new StorageError('InvalidBlobOrBlock', 'The specified blob or block content is invalid.');
};
