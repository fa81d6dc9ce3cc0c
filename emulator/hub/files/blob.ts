import type { Codec } from '../../kernel/change-feed.ts';
import { base64Of, bytesOf } from '../messaging/message-json.ts';

/** A block blob. Immutable. */
export interface Blob {
  /** In pieces, so that a list of blocks is not copied. */
  readonly content: readonly Uint8Array[];
  /** Of its blocks, in the order of the content; none if the blob came as a whole. */
  readonly blockIds: readonly string[];
  /** Content type and the like, and the metadata, as headers of an answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** With its quotation marks. */
  readonly etag: string;
  /** ms since 1970 on the hub's clock. */
  readonly modifiedAt: number;
}

/** A block that is in no list yet. */
export interface Block {
  /** The name of its blob. */
  readonly blob: string;
  /** Base64, as the client sent it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A block in the list of which a blob is made. */
export interface ListedBlock {
  /** Where the block is looked for; `Latest`: among new blocks first. */
  readonly kind: 'Latest' | 'Committed' | 'Uncommitted';
  readonly id: string;
}

export const sizeOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((size, { length }) => size + length, 0);

/** Bytes `start` … `end`, without `end`, in pieces of the same memory. */
export const sliceOf = (pieces: readonly Uint8Array[], start: number, end: number): Uint8Array[] => {
  const slice: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, piece.length)];
    if (from < to) slice.push(piece.subarray(from, to));
    at += piece.length;
  }
  return slice;
};

/** With the bytes in base64. */
export const blobJson: Codec<Blob> = {
  version: 1,
  toJson: ({ content, ...rest }) => ({ ...rest, content: content.map(base64Of) }),
  fromJson: (json) => {
    const { content, ...rest } = json as unknown as Omit<Blob, 'content'> & { readonly content: readonly string[] }; // written by toJson
    return { ...rest, content: content.map(bytesOf) };
  },
};

export const blockJson: Codec<Block> = {
  version: 1,
  toJson: ({ bytes, ...rest }) => ({ ...rest, bytes: base64Of(bytes) }),
  fromJson: (json) => {
    const { bytes, ...rest } = json as unknown as Omit<Block, 'bytes'> & { readonly bytes: string }; // written by toJson
    return { ...rest, bytes: bytesOf(bytes) };
  },
};
