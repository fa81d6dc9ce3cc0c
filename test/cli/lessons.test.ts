import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, type Fork, startEmulator } from '../../emulator/index.ts';
import { readLessons } from '../../emulator/lessons/read-lessons.ts';
import type { LessonDocument } from '../../protocol/admin/lessons.ts';
import { sharedCa } from '../support/programs/command.ts';

const LESSONS = await readLessons();
const NODE = fileURLToPath(new URL('../../scenarios/lessons/node', import.meta.url));

let emulator: Emulator;
let hubs: readonly Fork[];
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['myDevice'] });
  hubs = await emulator.openClass({ students: LESSONS.map(({ id }) => id), lesson: 'queries' });
  // where the packages that a student installs are found
  folder = await mkdtemp(join(NODE, 'student-'));
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const lessonOf = async (hub: string, id: string): Promise<LessonDocument | undefined> => {
  const response = await fetch(`${emulator.adminUrl}/class/${hub}/lessons`);
  const all = (await response.json()) as LessonDocument[];
  return all.find((lesson) => lesson.id === id);
};

const doneAt = async (hub: string, id: string): Promise<boolean[] | undefined> =>
  (await lessonOf(hub, id))?.steps.map(({ done }) => done);

test.each(LESSONS.map(({ id, title }) => ({ id, title })))(
  'a student on Node does the lesson $title step by step',
  async ({ id }) => {
    const fork = hubs.find(({ name }) => name === id);
    const steps = (await lessonOf(id, id))?.steps ?? [];
    const running: ChildProcess[] = [];
    const env = { ...process.env, ...fork?.env() };
    try {
      for (const [index, { code }] of steps.entries()) {
        expect(await doneAt(id, id)).toEqual(steps.map((_, other) => other < index));
        const file = join(folder, `${id}-${index}.mjs`);
        await writeFile(file, code.node ?? '');
        // a device that waits for something goes on
        if (/Leave this program running/.test(steps[index]?.text ?? ''))
          running.push(spawn(process.execPath, [file], { env, stdio: 'inherit' }));
        else await promisify(execFile)(process.execPath, [file], { env });
        await expect.poll(() => doneAt(id, id)).toEqual(steps.map((_, other) => other <= index));
      }
    } finally {
      for (const program of running) program.kill();
    }
    // what one student does is not done for others
    const [other = ''] = hubs.flatMap(({ name }) => (name === id || name === 'connect' ? [] : [name])).slice(-1);
    expect(await doneAt(other === id ? 'connect' : other, id)).toEqual(steps.map(() => false));
  },
);

test('every program is part of a lesson', async () => {
  const used = new Set(LESSONS.flatMap(({ steps }) => steps.map(({ code }) => code.node)));
  const files = readdirSync(NODE).filter((name) => name.endsWith('.mjs'));
  for (const file of files) expect(used).toContain(await readFile(join(NODE, file), 'utf8'));
});
