import type { IncomingMessage } from 'node:http';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { parseBounded } from '../../kernel/json-depth.ts';

/** An oversized body is read up to this size, and thrown away, so that a client that is still sending sees the answer. */
const DISCARD_BYTES = 64 * 1024 * 1024;

/**
 * Collects a body of up to `limit` bytes.
 * Throws GenericRequestEntityTooLarge, or ClientClosedRequest if the client leaves before the end.
 */
export const readBody = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = (): void =>
      failed(new HubError('GenericRequestEntityTooLarge', `The request body is larger than ${limit} bytes.`));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > DISCARD_BYTES) tooLarge();
      else chunks.length = 0;
    });
    request.on('end', () => {
      const [first = EMPTY] = chunks;
      if (size > limit) tooLarge();
      else done(chunks.length > 1 ? Buffer.concat(chunks, size) : first);
    });
    // Node reports a client that leaves before the end as an error
    request.on('error', () => failed(new HubError('ClientClosedRequest', 'The client closed the connection.')));
  });

const EMPTY = Buffer.alloc(0);

/** A parsed JSON text, or why it is not valid. */
export type Parsed = { readonly value: Json } | { readonly refusal: string };

/** A body as text; a leading byte order mark is skipped. */
export const textIn = (bytes: Buffer): string => {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
};

/** Parses a body as JSON, whatever its content type. */
export const parseJson = (bytes: Buffer): Parsed => {
  try {
    return { value: parseBounded(textIn(bytes)) };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
};
