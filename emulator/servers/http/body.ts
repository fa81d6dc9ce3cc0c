import type { IncomingMessage } from 'node:http';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';

/** How much of an oversized body is read away so that the client, still sending, gets to see the refusal. */
const PATIENCE_BYTES = 64 * 1024 * 1024;

/**
 * Collects a body of up to `limit` bytes.
 * Throws GenericRequestEntityTooLarge, or ClientClosedRequest when the client leaves in the middle.
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
      else if (size > PATIENCE_BYTES) tooLarge();
      else chunks.length = 0;
    });
    request.on('end', () => {
      const [first = EMPTY] = chunks;
      if (size > limit) tooLarge();
      else done(chunks.length > 1 ? Buffer.concat(chunks, size) : first);
    });
    // whoever leaves in the middle is said to have aborted
    request.on('error', () => failed(new HubError('ClientClosedRequest', 'The client closed the connection.')));
  });

const EMPTY = Buffer.alloc(0);

/** A parsed JSON text, or why it is none. */
export type Parsed = { readonly value: Json } | { readonly refusal: string };

/** Parses a body whatever its content type says; a byte order mark in front is skipped. */
export const parseJson = (bytes: Buffer): Parsed => {
  try {
    const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { value: JSON.parse(hasMark ? bytes.toString('utf8', 3) : bytes.toString('utf8')) };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
};
