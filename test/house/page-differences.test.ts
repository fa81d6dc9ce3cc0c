import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDifferences, rowsAbout, type Topic } from '../../emulator/explorer/text/differences.ts';

const document = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
const found = readDifferences(document);

const about = (topic: Topic, words: string): boolean =>
  rowsAbout(found, topic).some(({ text }) => text.includes(words));

test('each feature has the rows of docs/differences.md that concern it', () => {
  const known: readonly (readonly [Topic, string])[] = [
    ['twins', 'An empty reported patch'],
    ['queries', 'A page has 100 rows'],
    ['jobs', 'Capitals in job ids'],
    ['configurations', 'Configurations are evaluated after every change'],
    ['routing', 'Service Bus and Cosmos DB endpoints are refused'],
    ['events', 'The partition of a device'],
    ['cloud-to-device', 'Modules have a queue of messages'],
    ['methods', 'Ten direct methods may wait'],
    ['files', 'A file name with a segment'],
    ['identities', 'Ids may contain'],
    ['tiers', 'F1 has at most 500 devices'],
    ['protocols', 'PUBREC, PUBREL and PUBCOMP'],
  ];
  expect(known.filter(([topic, words]) => !about(topic, words))).toEqual([]);
  expect(known.map(([topic]) => topic)).toEqual(Object.keys(found.about));
  expect(about('queries', 'F1 has at most')).toBe(false);
});

test('no row is lost, and only guesses have no reason', () => {
  const lines = document
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:guess|difference|call) \|/.test(line));
  expect(found.rows).toHaveLength(lines.length);
  expect(found.rows.filter(({ text, why }) => text === '' || why === '')).toEqual([]);
  const guesses = lines.findIndex((line) => line.startsWith('| Messages are routed'));
  expect(found.rows.filter(({ why }) => why === undefined)).toHaveLength(guesses);
});

test('a row is read as plain text with code, without links', () => {
  expect(
    readDifferences('## Guesses\n\n| guess | where |\n|---|---|\n| `a \\| b` in [jobs](jobs.md) | `x.ts` |\n').rows,
  ).toEqual([{ text: '`a | b` in jobs' }]);
});
