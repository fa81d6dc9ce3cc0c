import * as z from 'zod';
import { HubError } from '../../protocol/errors.ts';
import { Check } from './check.ts';
import { checked, type LessonParts, partsOf } from './lesson-file.ts';
import type { Translation } from './translation.ts';

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
  /** Of title, texts and hints. */
  readonly language: string;
  /** Options of the emulator that a step needs. */
  readonly hub: LessonHub;
  readonly steps: readonly Step[];
  /** By language. */
  readonly translations: ReadonlyMap<string, Translation>;
}

/** The language in which every lesson is written. */
const FIRST_LANGUAGE = 'en';

/** Throws GenericNotFound. */
export const lessonIn = (all: readonly Lesson[], id: string): Lesson => {
  const found = all.find((lesson) => lesson.id === id);
  if (found !== undefined) return found;
  throw new HubError('GenericNotFound', `There is no lesson ${id}; there is ${all.map((one) => one.id).join(', ')}`);
};

/** The lesson in the first of these languages that it has; in its own if it has none of them. */
export const inLanguage = (lesson: Lesson, languages: readonly string[]): Lesson => {
  for (const language of languages) {
    if (language === lesson.language) return lesson;
    const found = lesson.translations.get(language);
    if (found !== undefined)
      return {
        ...lesson,
        language,
        title: found.title,
        steps: lesson.steps.map((step, index) => ({ ...step, ...found.steps[index] })),
      };
  }
  return lesson;
};

const LessonHub = z.strictObject({ tier: z.string().optional(), sdkFaults: z.enum(['on', 'off']).optional() });
export type LessonHub = z.infer<typeof LessonHub>;

const FrontMatter = z.strictObject({ number: z.int().min(1), title: z.string().min(1), hub: LessonHub.default({}) });
const StepBlock = z.strictObject({
  check: z.union([Check, z.array(Check).min(1)]).describe('Several must be met one after the other'),
  hint: z.string().optional(),
  code: z.record(z.string(), z.string()).default({}).describe('Files of programs by language'),
});

/** Reads a lesson without its translations. Throws an error that names the lesson and the step. */
export const readLesson = (id: string, text: string, { parseYaml, file }: LessonParts): Lesson => {
  const { head, sections } = partsOf(id, text);
  const { number, title, hub } = checked(FrontMatter, parseYaml(head), id);
  const steps = sections.map(({ title, text, block }): Step => {
    if (block === undefined) throw new Error(`Lesson ${id}: step "${title}" has no block of the kind step`);
    const { check, hint, code } = checked(StepBlock, parseYaml(block), `${id}, ${title}`);
    return {
      title,
      text,
      checks: [check].flat(),
      hint,
      code: Object.fromEntries(
        Object.entries(code).map(([language, path]) => [language, { file: fileName(path), text: file(path) }]),
      ),
    };
  });
  return { id, number, title, language: FIRST_LANGUAGE, hub, steps, translations: new Map() };
};

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
