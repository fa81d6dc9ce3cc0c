import { promises } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lessonsFolder } from './folder.ts';
import { type Lesson, readLesson } from './lesson.ts';
import { readTranslation } from './translation.ts';

let loading: Promise<readonly Lesson[]> | undefined;

/** The lessons in their order, read when they are asked for first. */
export const readLessons = (): Promise<readonly Lesson[]> => {
  loading ??= readFolder(lessonsFolder());
  return loading;
};

const readFolder = async (folder: string): Promise<readonly Lesson[]> => {
  const { parse } = await import('../yaml.ts'); // not needed for a start
  const paths = (await promises.readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = new Map(
    await Promise.all(paths.map(async (path) => [path, await promises.readFile(path, 'utf8')] as const)),
  );
  const file = (path: string): string => {
    const text = texts.get(join(folder, path));
    if (text === undefined) throw new Error(`There is no ${path} beside the lessons`);
    return text;
  };
  const parts = { parseYaml: (text: string): unknown => parse(text), file };
  const lessons = paths
    .filter((path) => dirname(path) === folder && path.endsWith('.md'))
    .map((path) => readLesson(basename(path, '.md'), texts.get(path) ?? '', parts));
  const translationsOf = (lesson: Lesson): Lesson['translations'] =>
    new Map(
      paths
        .filter((path) => dirname(path) !== folder && basename(path) === `${lesson.id}.md`)
        // the folder is named after the language, such as de
        .map((path) => [basename(dirname(path)), readTranslation(lesson, texts.get(path) ?? '', parts)]),
    );
  return lessons
    .map((lesson) => ({ ...lesson, translations: translationsOf(lesson) }))
    .sort((a, b) => a.number - b.number);
};
