import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from '../emulator/index.ts';
import { readLessons } from '../emulator/lessons/read-lessons.ts';
import type { ClassState } from '../protocol/admin/lessons.ts';

/**
 * A class of students, each with a hub, does the third lesson with Microsoft's SDK, a few at a time: prints how long that took,
 * and what the hubs of a class cost. `npm run bench:class`
 */
const STUDENTS = 30;
const AT_ONCE = 4;
const LESSON = 'queries';
const TWINS = 10_000;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
const memory = (): NodeJS.MemoryUsage => {
  globalThis.gc?.();
  return process.memoryUsage();
};
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const students = Array.from({ length: STUDENTS }, (_, index) => `Student ${index + 1}`);

const measureForks = async (): Promise<void> => {
  const devices = [{ id: 'device-{i}', count: TWINS }];
  await using emulator = await startEmulator({ devices });
  emulator.fork('warm');
  const before = memory();
  const began = performance.now();
  await emulator.openClass({ students, lesson: LESSON });
  const took = performance.now() - began;
  const after = memory();
  console.log(
    `${STUDENTS} forks of ${TWINS} twins: ${Math.round(took)} ms, ${megabytes(after.rss - before.rss)} resident, ${megabytes(after.heapUsed - before.heapUsed)} of the heap`,
  );
};

const playLesson = async (): Promise<void> => {
  const before = memory();
  await using emulator = await startEmulator({ devices: ['myDevice'] });
  const hubs = await emulator.openClass({ students, lesson: LESSON });
  const folder = await mkdtemp(join(fileURLToPath(new URL('../scenarios/lessons/node', import.meta.url)), 'student-'));
  const { steps = [] } = (await readLessons()).find(({ id }) => id === LESSON) ?? {};
  const programs = steps.map(({ code }, index) => ({ file: join(folder, `${index}.mjs`), text: code.node ?? '' }));
  for (const { file, text } of programs) await writeFile(file, text);
  const began = performance.now();
  const waiting = [...hubs];
  const work = async (): Promise<void> => {
    for (let hub = waiting.shift(); hub !== undefined; hub = waiting.shift()) {
      const env = { ...process.env, ...hub.env() };
      for (const { file } of programs) await promisify(execFile)(process.execPath, [file], { env });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const took = seconds(began);
  const state = (await (await fetch(`${emulator.adminUrl}/class`)).json()) as ClassState;
  const ready = state.students.filter(({ done }) => done.every((isDone) => isDone)).length;
  console.log(
    `${ready} of ${STUDENTS} students have done ${state.lesson}: ${took}, ${megabytes(memory().rss - before.rss)} resident`,
  );
  await rm(folder, { recursive: true });
  if (ready < STUDENTS) process.exitCode = 1;
};

await measureForks();
await playLesson();
