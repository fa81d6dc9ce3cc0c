import * as z from 'zod';
import { checked, type LessonParts, partsOf } from './lesson-file.ts';

/** The texts of a lesson in another language, step by step. */
export interface Translation {
  readonly title: string;
  readonly steps: readonly { readonly title: string; readonly text: string; readonly hint: string | undefined }[];
}

const FrontMatter = z.strictObject({ title: z.string().min(1) });
const StepBlock = z.strictObject({ hint: z.string().optional() });

/** Reads a translation: as a lesson, but with nothing else in its blocks than hints. Throws an error that names the lesson and the step. */
export const readTranslation = (
  { id, steps }: { readonly id: string; readonly steps: readonly unknown[] },
  text: string,
  { parseYaml }: Pick<LessonParts, 'parseYaml'>,
): Translation => {
  const { head, sections } = partsOf(id, text);
  if (sections.length !== steps.length)
    throw new Error(`Lesson ${id}: a translation has ${sections.length} steps instead of ${steps.length}`);
  return {
    title: checked(FrontMatter, parseYaml(head), id).title,
    steps: sections.map(({ title, text, block }) => {
      const { hint } = checked(StepBlock, parseYaml(block ?? '{}'), `${id}, ${title}`);
      return { title, text, hint };
    }),
  };
};

/**
 * What a browser prefers, best first and without regions: `de-AT, en;q=0.5` is German, then English.
 * https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export const preferredLanguages = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',')
    .map((one) => {
      const [range = '', quality = 'q=1'] = one.split(';').map((part) => part.trim());
      return { language: (range.split('-')[0] ?? '').toLowerCase(), quality: Number(quality.replace(/^q=/, '')) || 0 };
    })
    .filter(({ language, quality }) => language !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);
