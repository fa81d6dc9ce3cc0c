import type { ClassState, LessonDocument } from '../../../../protocol/admin/lessons.ts';
import { waitingFor } from '../../../lessons/check.ts';
import { type Lesson, lessonIn } from '../../../lessons/lesson.ts';
import type { OpenChecks, Progress } from '../../../lessons/progress.ts';
import type { ClassParts } from '../classroom.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** Lessons, and what of them was done at a hub. */
export const lessons = (progress: Progress, all: ClassParts['lessons']): readonly AdminRoute[] => [
  adminRoute('GET /lessons', async () => documentsOf(await all(), progress)),
  adminRoute('GET /lessons/:name', async ({ params: { name } }) => {
    const list = await all();
    return documentOf(lessonIn(list, name), progress.of(list));
  }),
];

/** The class, and its pages for students. `ca`: PEM. */
export const classroom = (room: ClassParts, ca: string | undefined): readonly AdminRoute[] => [
  adminRoute('GET /class', async () => stateOf(room.current, await room.lessons())),
  adminRoute('GET /join', async () => {
    const { current } = room;
    return html((await pages()).joinPage(current));
  }),
  adminRoute('GET /join/:hub', async ({ params: { hub } }) => {
    const { lesson: id, joinUrl } = room.current;
    const student = room.student(hub);
    const all = await room.lessons();
    const lesson = documentOf(lessonIn(all, id), student.progress.of(all));
    return html((await pages()).studentPage({ student, lesson, joinUrl, ca }));
  }),
];

/** Loaded when they are needed: a start does not wait for it. */
const pages = () => import('./join-page.ts');

/** By the id of a lesson. */
type Open = ReadonlyMap<string, OpenChecks>;

const documentsOf = (all: readonly Lesson[], progress: Progress): LessonDocument[] => {
  const open = progress.of(all);
  return all.map((lesson) => documentOf(lesson, open));
};

const documentOf = ({ id, number, title, steps }: Lesson, open: Open): LessonDocument => ({
  id,
  number,
  title,
  steps: steps.map(({ checks, hint, title, text, code }, index) => {
    const [next] = open.get(id)?.[index] ?? checks;
    return {
      ...{ title, text, code: { ...code }, done: next === undefined },
      ...(next === undefined ? {} : { waitingFor: waitingFor(next) }),
      ...(hint === undefined ? {} : { hint }),
    };
  }),
});

const stateOf = ({ lesson: id, joinUrl, students }: ClassParts['current'], all: readonly Lesson[]): ClassState => {
  const lesson = lessonIn(all, id);
  return {
    lesson: `${lesson.number} · ${lesson.title}`,
    steps: lesson.steps.map(({ title }) => title),
    joinUrl,
    students: students.map(({ name, fork, progress }) => {
      const open = progress.of(all).get(id) ?? [];
      const { wasConnected: isHere, lastRefusal } = progress;
      const done = open.map((checks) => checks.length === 0);
      return { hub: fork.name, name, isHere, done, ...(lastRefusal === undefined ? {} : { lastRefusal }) };
    }),
  };
};

const html = (content: string): Reply =>
  new Reply({
    status: 200,
    headers: { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' },
    body: { type: 'text/html; charset=utf-8', content },
  });

/** Nothing is loaded and nothing runs; styles are in the page itself. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
