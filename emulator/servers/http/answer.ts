import type { Readable } from 'node:stream';
import type { Json } from '../../../protocol/json.ts';

/** What a server says to one request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text and streams under a content type of their own; nothing if left out. */
  readonly body?: { readonly json: Json } | { readonly type: string; readonly content: string | Readable };
}

export const ok = (json: Json, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers,
  body: { json },
});

export const noContent: Answer = { status: 204 };
