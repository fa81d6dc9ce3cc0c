import { put } from './json.ts';

/** A message's properties as in a topic: system names keep their `$.`. */
export interface PropertyBag {
  readonly system: Readonly<Record<string, string>>;
  readonly application: Readonly<Record<string, string>>;
}

/**
 * Reads `key=value&key2=value2` in all variants that SDKs send: literal or encoded `$.`, unencoded blanks and slashes, one
 * leading `?`, one trailing slash, keys without `=`, malformed escapes (kept unchanged). The first value of a key wins.
 */
export const parseBag = (text: string): PropertyBag => {
  const system: Record<string, string> = {};
  const application: Record<string, string> = {};
  const trimmed = text.replace(/^\?/, '').replace(/\/$/, '');
  for (const pair of trimmed === '' ? [] : trimmed.split('&')) {
    const at = pair.indexOf('=');
    const key = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decode(pair.slice(at + 1));
    if (key === '') continue;
    const bag = key.startsWith('$.') ? system : application;
    if (!Object.hasOwn(bag, key)) put(bag, key, value);
  }
  return { system, application };
};

/** Writes every key and value percent-encoded: Java looks for the text `%24.`, C for `%24.mid`. */
export const formatBag = (pairs: Iterable<readonly [string, string]>): string =>
  [...pairs].map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
