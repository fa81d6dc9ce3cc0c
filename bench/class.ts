import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_PORTS } from '../emulator/endpoints/protocols.ts';
import { type Fork, startEmulator } from '../emulator/index.ts';
import { readLessons } from '../emulator/lessons/read-lessons.ts';
import type { ClassState } from '../protocol/admin/lessons.ts';
import { python } from '../test/support/programs/python.ts';
import { pythonStudents } from '../test/support/programs/students.ts';

/**
 * A class of students, each with a hub, does the third lesson with Microsoft's SDKs, half of them on Node and half on Python, a few at
 * a time: prints how long that took, and what the hubs of a class cost. `npm run bench:class`; it needs the ports 443, 8883 and 5671,
 * and what `npm run foreign:prepare` has fetched.
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

/** What one student does with a program of the lesson. */
type Do = (file: string, environment: Record<string, string>) => Promise<unknown>;

/** The students of one language do the lesson, some at a time. */
const playIn = async (language: string, act: Do, hubs: readonly Fork[], folder: string): Promise<void> => {
  const { steps = [] } = (await readLessons()).find(({ id }) => id === LESSON) ?? {};
  const programs = steps.flatMap(({ code }) => code[language] ?? []);
  for (const { file, text } of programs) await writeFile(join(folder, file), text);
  const waiting = [...hubs];
  const work = async (): Promise<void> => {
    for (let hub = waiting.shift(); hub !== undefined; hub = waiting.shift())
      for (const { file } of programs) await act(join(folder, file), hub.env());
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`${hubs.length} students on ${language}: ${seconds(began)}`);
};

/** Every program of a student on Node is a process. */
const onNode: Do = (file, environment) =>
  promisify(execFile)(process.execPath, [file], { env: { ...process.env, ...environment } });

const playLesson = async (): Promise<void> => {
  const before = memory();
  await using emulator = await startEmulator({ ports: { ...DEFAULT_PORTS, admin: 0 }, devices: ['myDevice'] });
  const hubs = await emulator.openClass({ students, lesson: LESSON });
  // where the packages that a student installs are found
  const folder = await mkdtemp(join(fileURLToPath(new URL('../scenarios/lessons/node', import.meta.url)), 'student-'));
  const inPython = pythonStudents(await python(), emulator.env(), folder);
  const began = performance.now();
  await Promise.all([
    playIn('node', onNode, hubs.slice(0, STUDENTS / 2), folder),
    playIn('python', inPython.run, hubs.slice(STUDENTS / 2), folder),
  ]);
  const took = seconds(began);
  inPython.close();
  await rm(folder, { recursive: true });
  const state = (await (await fetch(`${emulator.adminUrl}/class`)).json()) as ClassState;
  const ready = state.students.filter(({ isHere, done }) => isHere && done.every((isDone) => isDone)).length;
  console.log(
    `${ready} of ${STUDENTS} students have done ${state.lesson}: ${took}, ${megabytes(memory().rss - before.rss)} resident`,
  );
  if (ready < STUDENTS) process.exitCode = 1;
};

await measureForks();
await playLesson();
