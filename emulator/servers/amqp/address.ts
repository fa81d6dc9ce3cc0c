import { type IdentityKey, keyOf } from '../../../protocol/identity-key.ts';

/** An address pattern such as `/devices/{device}/twin`, segment by segment; names in braces stand for any text. */
export type Pattern = readonly string[];

export const patternOf = (text: string): Pattern => segmentsOf(text).map((segment) => segment.toLowerCase());

/** `amqps://{host}` in front is dropped: some clients send the whole URL. */
export const segmentsOf = (address: string): readonly string[] =>
  address
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/|\/$/g, '')
    .split('/');

/** What is in the place of the names of a pattern; undefined if the address does not fit. Letter case is ignored. */
export const match = (pattern: Pattern, segments: readonly string[]): readonly string[] | undefined => {
  if (pattern.length !== segments.length) return undefined;
  const names: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const expected = pattern[i] ?? '';
    if (expected.startsWith('{')) names.push(segment);
    else if (expected !== segment.toLowerCase()) return undefined;
  }
  return names;
};

/** The device or module that the ids of an address name; clients may have URL-encoded them. */
export const identityIn = (
  [deviceId = '', moduleId]: readonly string[],
  isKnown: (key: IdentityKey) => boolean,
): IdentityKey => {
  const key = keyOf({ deviceId, moduleId });
  return isKnown(key) ? key : keyOf({ deviceId: decoded(deviceId), moduleId: moduleId && decoded(moduleId) });
};

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};
