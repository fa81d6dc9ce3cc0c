/** An etag as If-Match takes it, quoted. */
export const quoted = (etag: string): string => (/^".*"$/s.test(etag) && etag.length > 1 ? etag : `"${etag}"`);
