/** The value of an If-Match header: any version (`*`), one etag, or undefined without the header. */
export type IfMatch = string | undefined;

/**
 * Reads `*`, `"*"`, `"etag"` and `W/"etag"`. The service does not see any other header: it writes as if there were none.
 * https://github.com/Azure/azure-iot-sdk-node/issues/606
 */
export const parseIfMatch = (header: string | undefined): IfMatch => {
  const [, star, etag] = QUOTED.exec(header?.trim() ?? '') ?? [];
  return star ?? etag;
};

/** As `parseIfMatch`; a bare `etag` counts too, as it does for identities. */
export const parseBareIfMatch = (header: string | undefined): IfMatch =>
  parseIfMatch(header) ?? (header?.trim().replace(/^W\//, '') || undefined);

const QUOTED = /^(?:(\*)|(?:W\/)?"(.*)")$/s;

/** True if `ifMatch` allows a write to the version with this `etag`. */
export const matches = (ifMatch: IfMatch, etag: string): boolean =>
  ifMatch === undefined || ifMatch === '*' || ifMatch === etag;
