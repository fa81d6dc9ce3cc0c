import type { Readable } from 'node:stream';
import type { Json } from '../../../protocol/json.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The answer to one request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; or text, bytes or a stream with a content type. Without it the answer has no content. */
  readonly body?: { readonly json: Json } | { readonly type: string; readonly content: string | Uint8Array | Readable };
}

export const ok = (json: Json, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers,
  body: { json },
});

/** JSON that is text already. */
export const okText = (text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers,
  body: { type: JSON_TYPE, content: text },
});

export const noContent: Answer = { status: 204 };
