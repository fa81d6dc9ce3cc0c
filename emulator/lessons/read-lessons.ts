import { promises } from 'node:fs';
import { basename, join } from 'node:path';
import { lessonsFolder } from './folder.ts';
import { type Lesson, readLesson } from './lesson.ts';

let loading: Promise<readonly Lesson[]> | undefined;

/** The lessons in their order, read when they are asked for first. */
export const readLessons = (): Promise<readonly Lesson[]> => {
  loading ??= readFolder(lessonsFolder());
  return loading;
};

const readFolder = async (folder: string): Promise<readonly Lesson[]> => {
  const { parse } = await import('yaml'); // not needed for a start
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
  return paths
    .filter((path) => path.endsWith('.md'))
    .map((path) => readLesson(basename(path, '.md'), texts.get(path) ?? '', { parseYaml: (text) => parse(text), file }))
    .sort((a, b) => a.number - b.number);
};
