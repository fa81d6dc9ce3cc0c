/** What an If-Match header asks for: anything (`*`), one etag, or nothing was sent (undefined). */
export type IfMatch = string | undefined;

/** `*`, `"*"`, `"etag"`, `W/"etag"` and `etag` all occur; SDKs quote or not as they like. */
export const parseIfMatch = (header: string | undefined): IfMatch => {
  const text = header?.trim().replace(/^W\//, '');
  if (text === undefined || text === '') return undefined;
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text;
};

/** True if a write under `ifMatch` may go on over `etag`. */
export const matches = (ifMatch: IfMatch, etag: string): boolean =>
  ifMatch === undefined || ifMatch === '*' || ifMatch === etag;
