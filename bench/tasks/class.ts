import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_PORTS } from '../../emulator/endpoints/protocols.ts';
import { type Fork, startEmulator } from '../../emulator/index.ts';
import { readLessons } from '../../emulator/lessons/read-lessons.ts';
import type { ClassState } from '../../protocol/admin/lessons.ts';
import { collectGarbage } from '../../test/support/hub/garbage.ts';
import { python } from '../../test/support/programs/python.ts';
import { pythonStudents } from '../../test/support/programs/students.ts';
import type { Bench } from '../bench.ts';
import { judge, type Row, round } from '../report.ts';

const AT_ONCE = 4;
const LESSON = 'queries';
const TWINS = 10_000;
const MB = 1024 * 1024;

/** What something took: ms, and resident bytes more than before. */
interface Cost {
  readonly ms: number;
  readonly bytes: number;
}

/**
 * A class of students, each with a hub, does the third lesson with Microsoft's SDKs, half of them on Node and half on Python, a few at
 * a time. It needs the ports 443, 8883 and 5671, and what `npm run foreign:prepare` has fetched.
 */
export const playClass = async ({ stats }: Bench): Promise<readonly Row[]> => {
  const students = Array.from({ length: stats.students }, (_, index) => `Student ${index + 1}`);
  // first, since forks leave a heap in which a class finds room
  const { done, cost } = await lessonOf(students);
  const forks = await forksOf(students);
  const work = `lesson 3 by ${students.length} students, each with a hub, half on Node and half on Python, ${AT_ONCE} of each at a time`;
  return [
    row(`${students.length} forks of a hub of ${round(TWINS)} twins`, judge(forks.ms, { most: 1000 }, 'ms')),
    row('the same: resident memory', judge(forks.bytes / MB, { most: 150 }, 'MB')),
    row(`${work}: have done it`, judge(done, { least: students.length }, `of ${students.length}`)),
    row('the same: time', { result: `${round(cost.ms / 1000)} s` }),
    row('the same: resident memory of the emulator’s process', { result: `${round(cost.bytes / MB)} MB` }),
  ];
};

const row = (work: string, judged: Pick<Row, 'result'> & Partial<Row>): Row => ({
  work,
  peer: '–',
  ours: judged.result,
  theirs: '–',
  wanted: '–',
  met: undefined,
  ...judged,
});

const resident = (): number => {
  collectGarbage();
  return process.memoryUsage.rss();
};

const costOf = async (act: () => Promise<unknown>): Promise<Cost> => {
  const before = resident();
  const began = performance.now();
  await act();
  return { ms: performance.now() - began, bytes: resident() - before };
};

const forksOf = async (students: readonly string[]): Promise<Cost> => {
  await using emulator = await startEmulator({ devices: [{ id: 'device-{i}', count: TWINS }] });
  emulator.fork('warm');
  return costOf(() => emulator.openClass({ students, lesson: LESSON }));
};

const lessonOf = async (students: readonly string[]): Promise<{ readonly done: number; readonly cost: Cost }> => {
  await using emulator = await startEmulator({ ports: { ...DEFAULT_PORTS, admin: 0 }, devices: ['myDevice'] });
  // where the packages that a student installs are found
  const folder = await mkdtemp(
    join(fileURLToPath(new URL('../../scenarios/lessons/node', import.meta.url)), 'student-'),
  );
  const inPython = pythonStudents(await python(), emulator.env(), folder);
  try {
    const cost = await costOf(async () => {
      const hubs = await emulator.openClass({ students, lesson: LESSON });
      const half = Math.ceil(hubs.length / 2);
      await Promise.all([
        playIn('node', onNode, hubs.slice(0, half), folder),
        playIn('python', inPython.run, hubs.slice(half), folder),
      ]);
    });
    const state = (await (await fetch(`${emulator.adminUrl}/class`)).json()) as ClassState; // the API's own answer
    const done = state.students.filter(({ isHere, done: steps }) => isHere && steps.every((isDone) => isDone));
    return { done: done.length, cost };
  } finally {
    inPython.close();
    await rm(folder, { recursive: true });
  }
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
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

/** Every program of a student on Node is a process. */
const onNode: Do = (file, environment) =>
  promisify(execFile)(process.execPath, [file], { env: { ...process.env, ...environment } });
