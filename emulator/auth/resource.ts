/** The path of a token's resource, segment by segment, in lower case and without the host; empty: the whole service. */
export type Scope = readonly string[];

/**
 * The path behind the host of `localhost/devices/d1` or `sb://localhost:5671/hub`. A trailing `api-version=…` segment, which
 * old tools sign too, is dropped. Linear in the length of the text: it comes from callers who are not authenticated yet.
 */
export const scopeOf = (resource: string): Scope => {
  const scheme = resource.indexOf('://');
  let end = resource.length;
  while (end > 0 && resource[end - 1] === '/') end -= 1;
  const [, ...path] = resource
    .slice(scheme < 0 ? 0 : scheme + 3, end)
    .toLowerCase()
    .split('/');
  return path.at(-1)?.startsWith('api-version=') ? path.slice(0, -1) : path;
};

/** True if `scope` is a prefix of `path` by whole segments. */
export const covers = (scope: Scope, path: string): boolean => {
  if (scope.length === 0) return true;
  const segments = (path.startsWith('/') ? path.slice(1) : path).toLowerCase().split('/');
  return scope.every((segment, i) => segments[i] === segment || segments[i] === decoded(segment));
};

/** Node's SDK encodes ids before it encodes the whole resource. */
const decoded = (segment: string): string => {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    return segment;
  }
};
