import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLessons } from '../../emulator/lessons/read-lessons.ts';
import { sharedCa, withoutOurs } from '../support/programs/command.ts';
import { doSteps, emulatorOnPath, type LessonClass, openLessonClass, saveStep } from '../support/programs/lessons.ts';

const LESSONS = await readLessons();
const NODE = fileURLToPath(new URL('../../scenarios/lessons/node', import.meta.url));

let lessonClass: LessonClass;
let folder: string;
let path: string;
beforeAll(async () => {
  lessonClass = await openLessonClass({ caDir: sharedCa });
  path = emulatorOnPath();
  // where the packages that a student installs are found
  folder = await mkdtemp(join(NODE, 'student-'));
});
afterAll(async () => {
  await lessonClass.emulator.close();
  await rm(folder, { recursive: true });
});

test.each(LESSONS.map(({ id, title }) => ({ id, title })))(
  'a student on Node does the lesson $title step by step',
  async ({ id }) => {
    const env = { ...withoutOurs(process.env), ...lessonClass.hubs.get(id)?.env(), PATH: path };
    const running: ChildProcess[] = [];
    try {
      await doSteps(lessonClass, id, async (step) => {
        const { file, goesOn } = await saveStep(step, 'node', folder);
        if (goesOn) running.push(spawn(process.execPath, [file], { cwd: folder, env, stdio: 'inherit' }));
        else await promisify(execFile)(process.execPath, [file], { cwd: folder, env });
      });
    } finally {
      for (const program of running) program.kill();
    }
  },
);

test('every program is part of a lesson', async () => {
  const used = new Set(
    LESSONS.flatMap(({ steps }) => steps.flatMap(({ code }) => Object.values(code))).map(nameAndText),
  );
  for (const language of ['node', 'python']) {
    const programs = join(NODE, '..', language);
    for (const file of readdirSync(programs).filter((name) => /\.(mjs|py)$/.test(name)))
      expect(used).toContain(nameAndText({ file, text: await readFile(join(programs, file), 'utf8') }));
  }
});

test('every step has a program in each language', () => {
  for (const { id, steps } of LESSONS)
    for (const { title, code } of steps) expect(Object.keys(code), `${id}, ${title}`).toEqual(['node', 'python']);
});

const nameAndText = ({ file, text }: { file: string; text: string }): string => `${file}\n${text}`;
