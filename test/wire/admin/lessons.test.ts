import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partsOf } from '../../../emulator/lessons/lesson-file.ts';
import { preferredLanguages, readTranslation } from '../../../emulator/lessons/translation.ts';
import type { LessonDocument } from '../../../protocol/admin/lessons.ts';
import { sharedCa } from '../../support/programs/command.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'] });
  await emulator.openClass({ students: ['Ada'], lesson: 'connect' });
});
afterAll(() => emulator.close());

const read = async (path: string, language = ''): Promise<Response> =>
  fetch(emulator.adminUrl + path, { headers: { 'accept-language': language } });

const titleOf = async (path: string, language?: string) => {
  const { title, language: own, steps } = (await (await read(path, language)).json()) as LessonDocument;
  return [own, title, steps[1]?.title];
};

test('a lesson has the language that the browser prefers, or that is asked for, or its own', async () => {
  const english = ['en', 'Connect a device', 'Send a message'];
  const german = ['de', 'Ein Gerät verbinden', 'Eine Nachricht senden'];
  expect(await titleOf('/lessons/connect')).toEqual(english);
  expect(await titleOf('/lessons/connect', 'de-AT, en;q=0.5')).toEqual(german);
  expect(await titleOf('/lessons/connect', 'fr, de;q=0.3, en;q=0.5')).toEqual(english);
  expect(await titleOf('/lessons/connect?language=de', 'en')).toEqual(german);
  expect(await titleOf('/lessons/connect', 'fr')).toEqual(english);
  // that one is not translated
  expect((await titleOf('/lessons/queries', 'de')).at(0)).toBe('en');
});

test('the page of a student says in which language its steps are', async () => {
  const page = await (await read('/join/ada', 'de')).text();
  expect(page).toContain('<section lang="de">\n<h2>1 Verbinden</h2>');
  // programs and checks are the same
  expect(page).toContain('connect.mjs');
});

test.each([
  ['de-DE,de;q=0.9,en;q=0.8', ['de', 'de', 'en']],
  ['en;q=0.1, es', ['es', 'en']],
  ['fr;q=0, *;q=0.5', ['*']],
  [undefined, []],
])('of %j browsers prefer %j', (header, expected) => {
  expect(preferredLanguages(header)).toEqual(expected);
});

test('a translation that does not fit its lesson says so', () => {
  const lesson = { id: 'connect', steps: [1, 2] };
  const parts = { parseYaml: () => ({ title: 'T', check: {} }) };
  expect(() => readTranslation(lesson, '---\nx\n---\n## Eins\n', parts)).toThrow(
    'Lesson connect: a translation has 1 steps instead of 2',
  );
  expect(() => readTranslation(lesson, '---\nx\n---\n## Eins\n## Zwei\n', parts)).toThrow('Lesson connect');
  expect(() => partsOf('connect', '# Eins')).toThrow('Lesson connect does not begin with ---');
});
