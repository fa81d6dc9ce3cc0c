import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { namesForOthers } from '../../endpoints/names-for-others.ts';
import type { Emulator } from '../../index.ts';
import type { Lesson } from '../../lessons/lesson.ts';
import type { Options } from '../../options.ts';
import { notes } from '../banner.ts';
import { type Context, EXIT, Failure } from '../context.ts';
import { interruption } from '../interruption.ts';
import { addOptionFlags, readOptions } from '../option-flags.ts';
import { originsOf } from '../option-sources.ts';
import { addShortForms, type ShortForms, withShortForms } from '../short-forms.ts';
import type { AddCommand } from './command.ts';

interface ClassFlags extends ShortForms {
  readonly students?: number | undefined;
  readonly names?: string | undefined;
  readonly lesson: string;
}

/** `class`: a hub for each student, until a signal ends it. */
export const classCommand: AddCommand = (program, context) => {
  const command = program
    .command('class')
    .description('start a hub for each student of a class, and a page on which they find what they need')
    .option('--students <count>', 'how many students there are, if they have no names', readCount)
    .option('--names <file>', 'the names of the students, one a line')
    .option('--lesson <name>', 'the lesson that students see: connect, reported, queries, …', 'connect');
  addOptionFlags(addShortForms(command)).action(async ({ students, names, lesson, ...flags }: ClassFlags) => {
    const all = studentsOf({ students, names }, context);
    const { hub: needs } = await lessonCalled(lesson);
    const given = readOptions(withShortForms(flags), context);
    const options = {
      ...forOthers(given),
      tier: given.tier === 'off' ? (needs.tier ?? 'off') : given.tier,
      sdkFaults: needs.sdkFaults ?? given.sdkFaults,
    };
    const { startUp, withEmulator } = await import('../startup.ts');
    const { recordEmulator } = await import('../../endpoints/emulator-records.ts');
    const emulator = await startUp(options, context, originsOf(given));
    await withEmulator(emulator, context, async () => {
      const interrupted = interruption(context);
      await emulator.openClass({ students: all, lesson });
      context.out(await invitation(emulator, options, all));
      const removeRecord = recordEmulator(emulator, options);
      await interrupted;
      removeRecord();
    });
  });
};

const MOST_STUDENTS = 200;

const readCount = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= MOST_STUDENTS) return count;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MOST_STUDENTS}.`);
};

const studentsOf = ({ students, names }: Pick<ClassFlags, 'students' | 'names'>, { folder }: Context): string[] => {
  if (names === undefined) {
    if (students === undefined)
      throw new Failure(EXIT.usage, 'Say how many students there are: --students 30, or --names FILE');
    return Array.from({ length: students }, (_, index) => `Student ${index + 1}`);
  }
  const lines = linesOf(resolve(folder, names));
  if (lines.length === 0) throw new Failure(EXIT.usage, `${names} has no names`);
  return lines;
};

const linesOf = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (error) {
    throw new Failure(EXIT.usage, `The names cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

/** What is not set leads to this machine from others, and gives each hub a device. */
const forOthers = (options: Options): Options => {
  const [name = 'localhost', address = name] = namesForOthers(['0.0.0.0']);
  return {
    ...options,
    host: options.host === 'localhost' ? '0.0.0.0' : options.host,
    hostname: options.hostname === 'localhost' ? address : options.hostname,
    san: [...options.san, name, 'localhost'],
    adminHost: options.adminHost === '127.0.0.1' ? '0.0.0.0' : options.adminHost,
    adminToken: options.adminToken ?? randomBytes(9).toString('base64url'),
    devices: options.devices.length === 0 && options.seed === undefined ? ['myDevice'] : options.devices,
  };
};

const lessonCalled = async (id: string): Promise<Lesson> => {
  const { HubError } = await import('../../index.ts');
  const { lessonIn } = await import('../../lessons/lesson.ts');
  const { readLessons } = await import('../../lessons/read-lessons.ts');
  try {
    return lessonIn(await readLessons(), id);
  } catch (error) {
    throw error instanceof HubError ? new Failure(EXIT.usage, error.text) : error;
  }
};

/** What the teacher sees. */
const invitation = async (emulator: Emulator, options: Options, students: readonly string[]): Promise<string> => {
  const { renderUnicodeCompact } = await import('uqr');
  const base = `http://${options.hostname}:${emulator.ports.admin}`;
  return [
    '',
    renderUnicodeCompact(`${base}/join`),
    '',
    `  Students   ${base}/join   ${students.length} hubs${notes(options)}`,
    `  Teacher    ${base}   token: ${options.adminToken}`,
    ...(emulator.ca === undefined ? [] : [`  CA         SHA-256 ${new X509Certificate(emulator.ca).fingerprint256}`]),
    '  Warning:   everyone in this network can join, and the page shows the keys of the hubs',
    '',
    '',
  ].join('\n');
};
