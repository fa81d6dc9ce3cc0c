/** The target of a request: path segments and query, decoded. */
export interface Target {
  readonly segments: readonly string[];
  /** Names in lower case; of several values the first. */
  readonly query: ReadonlyMap<string, string>;
}

/**
 * Reads a request target. Azure IoT Explorer encodes the slashes of the whole path (`/twins%2Fdev1`), others end it
 * with a slash or send ids unencoded: empty segments are dropped, malformed escapes kept as they are.
 */
export const readTarget = (url: string): Target => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return {
    segments: readPath(path.startsWith('/') ? path : path.replace(/^[a-z]+:\/\/[^/]*/i, '')),
    query: mark < 0 ? NO_QUERY : readQuery(url.slice(mark + 1)),
  };
};

/** Decodes an id a second time, as some clients encode it twice, if only the result is known. */
export const decodeAgain = (id: string, known: (id: string) => boolean): string => {
  if (!id.includes('%') || known(id)) return id;
  const decoded = decode(id);
  return !decoded.includes('/') && known(decoded) ? decoded : id;
};

const NO_QUERY: ReadonlyMap<string, string> = new Map();

const readPath = (path: string): readonly string[] => {
  const segments = (path.startsWith('/') ? path.slice(1) : path).split('/');
  const decoded = path.includes('%') ? segments.flatMap((segment) => decode(segment).split('/')) : segments;
  return decoded.includes('') ? decoded.filter((segment) => segment !== '') : decoded;
};

let latest: { readonly text: string; readonly query: ReadonlyMap<string, string> } = { text: '', query: NO_QUERY };

/** Most callers send the same query, an api-version, with every request. */
const readQuery = (text: string): ReadonlyMap<string, string> => {
  if (text !== latest.text) latest = { text, query: parseQuery(text) };
  return latest.query;
};

const parseQuery = (text: string): ReadonlyMap<string, string> => {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at)).toLowerCase();
    if (name !== '' && !query.has(name)) query.set(name, at < 0 ? '' : decode(pair.slice(at + 1).replaceAll('+', ' ')));
  }
  return query;
};

const decode = (text: string): string => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
