import type { Json } from '../../protocol/json.ts';

/** Levels. More than any limit of the service allows, and few enough for functions that call themselves for each level. */
export const MOST_LEVELS = 600;

export const TOO_DEEP = `it is nested more than ${MOST_LEVELS} levels deep`;

/** True if arrays and objects are nested in each other too deeply. It does not call itself, as the depth is not known yet. */
export const isTooDeep = (value: unknown): boolean => {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    const depth = next.depth + 1;
    if (depth > MOST_LEVELS) return true;
    for (const inner of Object.values(next.value))
      if (typeof inner === 'object' && inner !== null) open.push({ value: inner, depth });
  }
  return false;
};

/** As `isTooDeep`, of a value and its text: most texts are too short for that many brackets. */
export const isTextTooDeep = ({ text, value }: { readonly text: string; readonly value: unknown }): boolean =>
  text.length > MOST_LEVELS && isTooDeep(value);

/** As `JSON.parse`. Throws a SyntaxError also for what is nested too deeply. */
export const parseBounded = (text: string): Json => {
  const value: Json = JSON.parse(text);
  if (isTextTooDeep({ text, value })) throw new SyntaxError(TOO_DEEP);
  return value;
};
