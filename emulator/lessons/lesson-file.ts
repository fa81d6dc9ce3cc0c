import * as z from 'zod';

/** What a lesson's text needs from outside. */
export interface LessonParts {
  /** A YAML document as a value. */
  parseYaml(text: string): unknown;
  /** The text of a file beside the lesson. */
  file(path: string): string;
}

/** A step as it is written. */
export interface Section {
  readonly title: string;
  readonly text: string;
  /** YAML; undefined if there is none. */
  readonly block: string | undefined;
}

/** The parts of a file: YAML between two lines `---`, then a heading `## …` for each step, with its text and a block ```step of YAML. */
export const partsOf = (id: string, text: string): { readonly head: string; readonly sections: readonly Section[] } => {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (head === undefined || body === undefined) throw new Error(`Lesson ${id} does not begin with ---`);
  const sections = body
    .split(/^## /m)
    .slice(1)
    .map((section): Section => {
      const [heading = '', ...lines] = section.split('\n');
      const [, block] = /^```step\n([\s\S]*?)^```$/m.exec(section) ?? [];
      return { title: heading.trim(), text: textOf(lines.join('\n')), block };
    });
  return { head, sections };
};

/** Without the block; a line for each paragraph. */
const textOf = (section: string): string =>
  section
    .replace(/^```step\n[\s\S]*?^```$/m, '')
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n');

export const checked = <T>(schema: z.ZodType<T>, value: unknown, where: string): T => {
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new Error(`Lesson ${where}: ${z.prettifyError(error)}`);
  return data;
};
