import { HubError } from '../../protocol/errors.ts';
import type { HubChange } from '../hub/changes.ts';
import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';
import type { Kept } from '../servers/kept.ts';
import { Batch } from './batch.ts';
import { fullCopy } from './full-copy.ts';
import { textsOf } from './kept-rows.ts';
import { keyOfRow, rowFrom, STATE, textOfRow } from './row-text.ts';
import { RowWriter, whole } from './row-writer.ts';
import type { StateStore, Write } from './state-store.ts';

/** `sync`: what is acknowledged survives a loss of power. `fast`: nothing waits, and the last moments may be lost. */
export type Durability = 'sync' | 'fast';

export interface KeeperParts {
  readonly hub: Hub;
  readonly store: StateStore;
  readonly durability: Durability;
  readonly log: Log;
  /** For messages. */
  readonly folder: string;
  /** How long a store that has failed is left alone before the next attempt, ms; default 1 s. */
  readonly retryMs?: number;
}

const UNAVAILABLE = 'The service is unavailable: the hub cannot be written to disk.';
const RETRY_MS = 1_000;
/** Rows of one write: more of them, as an import brings, would take too much memory. */
const MOST_WRITES = 20_000;
/** How long `fast` gathers changes, ms: a row that changes often is written once. */
const GATHER_MS = 100;

/**
 * Keeps a hub in a store: writes its changes, one batch after the other. If a batch fails, the hub goes back to what is kept,
 * takes no writes, and goes on when the store can be written again.
 */
export class Keeper implements Kept {
  readonly #parts: KeeperParts;
  readonly #rows: RowWriter;
  #next = new Batch();
  #writing: Batch | undefined;
  /** Resolves when `#writing` is over. */
  #written: Promise<void> = Promise.resolve();
  #isPlanned = false;
  #isHeld = false;
  /** True while rows go back to what is kept. */
  #isGoingBack = false;
  #refusal: HubError | undefined;
  /** While the store fails: rows that a batch may have left in it, as they must be. */
  readonly #owed = new Map<string, string | undefined>();
  readonly #listeners = new Set<(error: HubError) => void>();
  #retry: NodeJS.Timeout | undefined;
  #stop: () => void = () => {};

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#rows = new RowWriter(parts.hub.changes);
  }

  /** Follows the changes from now on, but writes none of them before `first` is done. */
  async start(first: () => Promise<void> = async () => {}): Promise<void> {
    this.#isHeld = true;
    this.#stop = this.#parts.hub.changes.listen((change) => this.#note(change));
    await first();
    this.#isHeld = false;
    if (!this.#next.isEmpty) this.#plan();
  }

  get durability(): Durability {
    return this.#parts.durability;
  }

  get refusal(): HubError | undefined {
    return this.#refusal;
  }

  after(act: () => void, failed: (error: HubError) => void): void {
    const batch = this.#next.isEmpty ? this.#writing : this.#next;
    if (batch === undefined || this.#refusal !== undefined || this.durability === 'fast') act();
    else batch.waiters.push({ act, failed });
  }

  onFailure(act: (error: HubError) => void): () => void {
    const listener = (error: HubError): void => act(error); // of this call only
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Keeps something that is not a row of the hub; no text removes it. */
  keep(key: string, text: string | undefined): void {
    this.#next.others.set(key, text);
    this.#plan();
  }

  /** Keeps a copy of a row, under a prefix of its own. */
  keepRow(change: HubChange, prefix: string): void {
    this.#next.changes.set(keyOfRow(change, prefix), change);
    this.#plan();
  }

  /** Writes what is left, and closes the store. */
  async close(): Promise<void> {
    this.#stop();
    clearTimeout(this.#retry);
    if (this.#refusal !== undefined) await this.#writeAgain();
    while (this.#refusal === undefined && (this.#writing !== undefined || !this.#next.isEmpty)) {
      if (this.#writing === undefined) this.#write();
      await this.#written;
    }
    clearTimeout(this.#retry);
    await this.#parts.store.close();
  }

  #note(change: HubChange): void {
    if (this.#isGoingBack) return;
    this.#next.changes.set(keyOfRow(change), change);
    this.#plan();
  }

  #plan(): void {
    if (this.#isHeld || this.#isPlanned || this.#writing !== undefined || this.#refusal !== undefined) return;
    this.#isPlanned = true;
    if (this.durability === 'fast') setTimeout(() => this.#write(), GATHER_MS);
    else setImmediate(() => this.#write());
  }

  #write(): void {
    this.#isPlanned = false;
    if (this.#writing !== undefined || this.#refusal !== undefined || this.#next.isEmpty) return;
    const batch = this.#next;
    this.#next = new Batch();
    this.#writing = batch;
    this.#written = this.#attempt(batch).then(
      () => this.#succeeded(batch),
      (error: unknown) => this.#failed(batch, error),
    );
  }

  /** One write, unless there are very many rows. */
  async #attempt(batch: Batch, isDurable = this.durability === 'sync'): Promise<void> {
    const { store } = this.#parts;
    let writes = Array.from(batch.others, ([key, text]): Write => ({ key, text }));
    for (const [key, change] of batch.changes) {
      writes.push(...this.#writesOf(key, change));
      if (writes.length < MOST_WRITES) continue;
      await store.write(writes, false);
      writes = [];
    }
    await store.write(writes, isDurable);
  }

  #writesOf(key: string, change: HubChange): Write[] {
    if (key.startsWith(STATE)) return this.#rows.writesOf(key, change);
    return [{ key, text: textOfRow(this.#parts.hub.changes, change) }];
  }

  #succeeded({ waiters }: Batch): void {
    this.#writing = undefined;
    for (const { act } of waiters) act();
    if (!this.#next.isEmpty) this.#plan();
  }

  #failed(batch: Batch, error: unknown): void {
    const { hub, log, folder } = this.#parts;
    const lost = [batch, this.#next];
    this.#next = new Batch();
    this.#writing = undefined;
    const cause = `the folder ${folder} cannot be written: ${messageOf(error)}`;
    this.#refusal = new HubError('ServiceUnavailable', UNAVAILABLE, { hint: `${cause}; writes go on when it can be` });
    log.warn('Stopped taking writes', {
      cause,
      remedy: 'make room in it, or make it writable; the emulator goes on by itself. Reads are answered meanwhile',
    });
    hub.scheduler.pause();
    for (const failed of [...this.#listeners]) failed(this.#refusal);
    this.#goBack(lost);
    for (const { waiters } of lost) for (const { failed } of waiters) failed(this.#refusal);
    this.#tryLater();
  }

  /** The hub goes back to what is kept. What cannot be read stays as it is, to be written later. */
  #goBack(batches: readonly Batch[]): void {
    const { hub, store } = this.#parts;
    for (const { others, changes } of batches) {
      for (const [key, text] of others) this.#next.others.set(key, text);
      for (const [key, row] of changes) if (!key.startsWith(STATE)) this.#next.changes.set(key, row); // of a snapshot
    }
    const keys = batches.flatMap(({ changes }) => [...changes.keys()]).filter((key) => key.startsWith(STATE));
    this.#rows.forget(keys);
    try {
      const rows = keys.map((key) => rowFrom(hub.changes, textsOf(store, key)));
      rows.forEach((row, index) => void this.#owed.set(keys[index] ?? '', textOfRow(hub.changes, row)));
      hub.takeBack(() => this.#load(rows));
    } catch (error) {
      for (const { changes } of batches) for (const [key, change] of changes) this.#next.changes.set(key, change);
      this.#parts.log.warn('Kept changes that were not acknowledged', { cause: messageOf(error) });
    }
  }

  /** Takes over rows that are kept. */
  #load(rows: readonly HubChange[]): void {
    this.#isGoingBack = true;
    try {
      for (const row of rows) this.#parts.hub.changes.load(row);
    } finally {
      this.#isGoingBack = false;
    }
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => void this.#writeAgain(), this.#parts.retryMs ?? RETRY_MS).unref();
  }

  async #writeAgain(): Promise<void> {
    const { hub, store, log } = this.#parts;
    const batch = this.#next;
    this.#next = new Batch();
    this.#rows.forget(batch.changes.keys());
    try {
      const found = await store.reopen();
      if (found === 'empty') this.#rows.forgetAll();
      if (found === 'empty') await fullCopy(hub, store);
      const owed = Array.from(this.#owed, ([key, text]) => whole(key, text)).flat();
      await store.write(owed, false);
      await this.#attempt(batch, true);
    } catch {
      const since = this.#next;
      this.#next = batch;
      for (const [key, change] of since.changes) batch.changes.set(key, change);
      for (const [key, text] of since.others) batch.others.set(key, text);
      this.#tryLater();
      return;
    }
    this.#owed.clear();
    this.#refusal = undefined;
    log.info('Takes writes again', { folder: this.#parts.folder });
    hub.scheduler.resume();
    if (!this.#next.isEmpty) this.#plan();
  }
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
