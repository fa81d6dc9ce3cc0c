/** A search such as `status:4xx device:thermostat-* "twin get"`: all terms must fit. */
export interface Term {
  /** Undefined for words that may stand anywhere. */
  readonly field: string | undefined;
  readonly text: string;
  readonly isNot: boolean;
}

export const parseSearch = (search: string): readonly Term[] =>
  [...search.matchAll(/(-)?(?:(\w+):)?(?:"([^"]*)"|(\S+))/g)].map(([, not, field, quoted, plain]) => ({
    field: field?.toLowerCase(),
    text: (quoted ?? plain ?? '').toLowerCase(),
    isNot: not !== undefined,
  }));

/** `*` stands for any text. */
export const like = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
};
