/** An etag in quotes, as the If-Match header requires. */
export const quoted = (etag: string): string => (/^".*"$/s.test(etag) && etag.length > 1 ? etag : `"${etag}"`);
