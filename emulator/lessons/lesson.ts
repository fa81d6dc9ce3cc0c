import * as z from 'zod';
import { HubError } from '../../protocol/errors.ts';
import { Check } from './check.ts';

/** One thing to do, and how the hub sees that it is done. */
export interface Step {
  readonly title: string;
  /** Plain text; code in backticks. */
  readonly text: string;
  /** To be met one after the other. */
  readonly checks: readonly Check[];
  readonly hint: string | undefined;
  /** By language. */
  readonly code: Readonly<Record<string, LessonProgram>>;
}

export interface LessonProgram {
  /** The name under which other steps know it. */
  readonly file: string;
  readonly text: string;
}

export interface Lesson {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** Options of the emulator that a step needs. */
  readonly hub: LessonHub;
  readonly steps: readonly Step[];
}

/** Throws GenericNotFound. */
export const lessonIn = (all: readonly Lesson[], id: string): Lesson => {
  const found = all.find((lesson) => lesson.id === id);
  if (found !== undefined) return found;
  throw new HubError('GenericNotFound', `There is no lesson ${id}; there is ${all.map((one) => one.id).join(', ')}`);
};

const LessonHub = z.strictObject({ tier: z.string().optional(), sdkFaults: z.enum(['on', 'off']).optional() });
export type LessonHub = z.infer<typeof LessonHub>;

const FrontMatter = z.strictObject({ number: z.int().min(1), title: z.string().min(1), hub: LessonHub.default({}) });
const StepBlock = z.strictObject({
  check: z.union([Check, z.array(Check).min(1)]).describe('Several must be met one after the other'),
  hint: z.string().optional(),
  code: z.record(z.string(), z.string()).default({}).describe('Files of programs by language'),
});

/** What a lesson's text needs from outside. */
export interface LessonParts {
  /** A YAML document as a value. */
  parseYaml(text: string): unknown;
  /** The text of a file beside the lesson. */
  file(path: string): string;
}

/**
 * Reads a lesson: YAML between two lines `---`, then a heading `## …` for each step, with its text and a block ```step of
 * YAML. Throws an error that names the lesson and the step.
 */
export const readLesson = (id: string, text: string, { parseYaml, file }: LessonParts): Lesson => {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (head === undefined || body === undefined) throw new Error(`Lesson ${id} does not begin with ---`);
  const { number, title, hub } = checked(FrontMatter, parseYaml(head), id);
  const steps = body
    .split(/^## /m)
    .slice(1)
    .map((section): Step => {
      const [heading = '', ...lines] = section.split('\n');
      const [, block] = /^```step\n([\s\S]*?)^```$/m.exec(section) ?? [];
      if (block === undefined) throw new Error(`Lesson ${id}: step "${heading}" has no block of the kind step`);
      const { check, hint, code } = checked(StepBlock, parseYaml(block), `${id}, ${heading}`);
      return {
        title: heading.trim(),
        text: textOf(lines.join('\n')),
        checks: [check].flat(),
        hint,
        code: Object.fromEntries(
          Object.entries(code).map(([language, path]) => [language, { file: fileName(path), text: file(path) }]),
        ),
      };
    });
  return { id, number, title, hub, steps };
};

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Without the block; a line for each paragraph. */
const textOf = (section: string): string =>
  section
    .replace(/^```step\n[\s\S]*?^```$/m, '')
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n');

const checked = <T>(schema: z.ZodType<T>, value: unknown, where: string): T => {
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new Error(`Lesson ${where}: ${z.prettifyError(error)}`);
  return data;
};
