import { chmodSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Emulator, type EmulatorOptions, type Fork, startEmulator } from '../../../emulator/index.ts';
import { readLessons } from '../../../emulator/lessons/read-lessons.ts';
import type { LessonDocument } from '../../../protocol/admin/lessons.ts';
import { freshFolder } from './command.ts';

/** A class with a student for each lesson, who is named after it. */
export interface LessonClass {
  readonly emulator: Emulator;
  readonly hubs: ReadonlyMap<string, Fork>;
}

export const openLessonClass = async (options: EmulatorOptions): Promise<LessonClass> => {
  const lessons = await readLessons();
  // what some lesson needs harms no other
  const needs = Object.assign({}, ...lessons.map(({ hub }) => hub));
  const emulator = await startEmulator({ devices: ['myDevice'], ...needs, ...options });
  const hubs = await emulator.openClass({ students: lessons.map(({ id }) => id), lesson: 'queries' });
  return { emulator, hubs: new Map(hubs.map((fork) => [fork.name, fork])) };
};

type Step = LessonDocument['steps'][number];

/** Does each step of a lesson, and sees that the hub of its student takes it for done, and no other hub does. */
export const doSteps = async (
  { emulator }: LessonClass,
  id: string,
  act: (step: Step) => Promise<void>,
): Promise<void> => {
  const stepsAt = async (hub: string): Promise<readonly Step[]> => {
    const response = await fetch(`${emulator.adminUrl}/hubs/${hub}/lessons`);
    const all = (await response.json()) as LessonDocument[]; // the API's own answer
    return all.find((lesson) => lesson.id === id)?.steps ?? [];
  };
  const doneAt = async (hub: string) => (await stepsAt(hub)).map(({ done }) => done);
  const steps = await stepsAt(id);
  expect(steps).not.toEqual([]);
  for (const [index, step] of steps.entries()) {
    expect(await doneAt(id)).toEqual(steps.map((_, other) => other < index));
    await act(step);
    await expect.poll(() => doneAt(id)).toEqual(steps.map((_, other) => other <= index));
  }
  // a hub on which no lesson was done that is like this one
  const other = id === 'ci' ? 'modules' : 'ci';
  if (id !== 'connect') expect(await doneAt(other)).toEqual(steps.map(() => false));
};

/** Saves the program of a step, as a student does; it goes on if the step says so. */
export const saveStep = async (
  { code, text }: Step,
  language: string,
  folder: string,
): Promise<{ readonly file: string; readonly goesOn: boolean }> => {
  const program = code[language];
  if (program === undefined) throw new Error(`There is no program in ${language}`);
  const file = join(folder, program.file);
  await writeFile(file, program.text);
  return { file, goesOn: /Leave this program running/.test(text) };
};

const CHECKOUT = fileURLToPath(new URL('../../../emulator/cli/checkout.mjs', import.meta.url));

/** A path on which `iothub-emulator` is the one of this checkout. */
export const emulatorOnPath = (): string => {
  const folder = freshFolder();
  const file = join(folder, 'iothub-emulator');
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${CHECKOUT}" "$@"\n`);
  chmodSync(file, 0o755);
  return `${folder}${delimiter}${process.env.PATH ?? ''}`;
};
