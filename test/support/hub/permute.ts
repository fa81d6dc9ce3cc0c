import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Vectors } from './vectors.ts';

/**
 * The same vectors in other words: every id, tag value and property name of the fleet is replaced everywhere by another
 * of the same length and kind, so that an implementation that knows the vectors by heart fails. Routing conditions are
 * left out: they are about a message, not about the fleet.
 */
export const permuted = (vectors: Vectors): Vectors => {
  const words = [...wordsOf(vectors)].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?<![A-Za-z0-9_$])(?:${words.map(escaped).join('|')})(?![A-Za-z0-9_])`, 'g');
  const replace = (text: string): string => text.replace(pattern, turned);
  const kept = vectors.vectors.filter((vector) => !asksForLeast(vector, new Set(words)));
  const { message } = vectors.routing;
  return { ...rewrite({ ...vectors, vectors: kept }, replace), routing: { message, vectors: [] } };
};

/** True if the answer depends on the order of words, which changes with them. */
const asksForLeast = ({ query, expect }: Vectors['vectors'][number], words: ReadonlySet<string>): boolean => {
  const told = new Set<string>();
  collect((expect.rows ?? []).flatMap(Object.values), told);
  return /\b(?:min|max)\s*\(/i.test(query) && [...told].some((word) => words.has(word));
};

/** Names and values that the fleet has made up: no words of the hub or of the query language. */
const wordsOf = ({ fleet, vectors, targetConditions, jobConditions, metricQueries }: Vectors): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { deviceId } of [...fleet.devices, ...fleet.modules])
    if (typeof deviceId === 'string') found.add(deviceId);
  for (const { tags, properties } of [...fleet.devices, ...fleet.modules])
    collect([tags ?? null, properties ?? null], found);
  // parts of words, such as prefixes in STARTSWITH and in comparisons, would no longer match
  const asked = [...vectors, ...metricQueries].map(({ query }) => query);
  const texts = [...asked, ...[...targetConditions, ...jobConditions].map(({ condition }) => condition)].join('\n');
  const sensitive = new Set(
    [...texts.matchAll(/(?:with|contains)\s*\([^)]*\)|[<>]=?\s*(?:'[^']*'|"[^"]*")/gi)].flatMap(
      ([part]) => part.match(/\w+/g) ?? [],
    ),
  );
  return new Set([...found].filter((word) => usable(word) && ![...sensitive].some((part) => word.startsWith(part))));
};

const collect = (value: Json, found: Set<string>): void => {
  if (typeof value === 'string') found.add(value);
  else if (Array.isArray(value)) for (const member of value) collect(member, found);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) {
      found.add(name);
      collect(member, found);
    }
};

const usable = (word: string): boolean =>
  /^[A-Za-z][A-Za-z0-9-]{3,}[A-Za-z0-9]$/.test(word) && !KEPT.has(word.toLowerCase());

/** Words that have a meaning for the hub. */
const KEPT = new Set(
  (
    'devices modules properties desired reported tags status deviceid moduleid version configurations capabilities iotedge applied targeted ' +
    'fleet query expect source confidence note condition rows enabled disabled connected disconnected group order select where count false true null undefined constructor tostring hasownproperty ' +
    'scheduleupdatetwin scheduledevicemethod completed failed scheduled location success pending error status lastupdated'
  ).split(' '),
);

/** Shifts small letters in the alphabet, so that length and case stay the same. */
const turned = (word: string): string =>
  word.replace(/[a-z]/g, (char) => String.fromCharCode(97 + ((char.charCodeAt(0) - 97 + 7) % 26)));

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const rewrite = <T>(value: T, replace: (text: string) => string): T => {
  if (typeof value === 'string') return replace(value) as T; // a text for a text
  if (Array.isArray(value)) return value.map((member) => rewrite(member, replace)) as T; // a list for a list
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(([name, member]) => [
    MEMBERS.has(name) ? name : replace(name),
    MEMBERS_KEPT.has(name) ? member : rewrite(member, replace),
  ]);
  return Object.fromEntries(entries); // the same members
};

/** Properties of the vectors themselves. */
const MEMBERS = new Set(
  'id group query expect source confidence note condition ids moduleIds rows itemType count error fleet'.split(' '),
);
const MEMBERS_KEPT = new Set('id group source confidence note itemType errorCode message'.split(' '));
