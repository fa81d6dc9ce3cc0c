import type { IncomingHttpHeaders } from 'node:http';
import type { ClassState, LessonDocument } from '../../../../protocol/admin/lessons.ts';
import { VirtualClock } from '../../../kernel/clock.ts';
import { waitingFor } from '../../../lessons/check.ts';
import { inLanguage, type Lesson, lessonIn } from '../../../lessons/lesson.ts';
import type { OpenChecks, Progress } from '../../../lessons/progress.ts';
import { preferredLanguages } from '../../../lessons/translation.ts';
import type { ClassParts } from '../classroom.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** Lessons, and what of them was done at a hub. */
export const lessons = (progress: Progress, all: ClassParts['lessons']): readonly AdminRoute[] => [
  adminRoute('GET /lessons', async ({ query, headers }) => {
    const list = await all();
    const open = progress.of(list);
    return list.map((lesson) => documentOf(inLanguage(lesson, languagesOf(headers, query)), open));
  }),
  adminRoute('GET /lessons/:name', async ({ params: { name }, query, headers }) => {
    const list = await all();
    return documentOf(inLanguage(lessonIn(list, name), languagesOf(headers, query)), progress.of(list));
  }),
];

const languagesOf = (
  { 'accept-language': header }: IncomingHttpHeaders,
  { language }: { readonly language?: string | undefined } = {},
): readonly string[] => (language === undefined ? preferredLanguages(header) : [language]);

/** The class, and its pages for students. `ca`: PEM. */
export const classroom = (room: ClassParts, ca: string | undefined): readonly AdminRoute[] => [
  adminRoute('GET /class', async ({ headers }) => stateOf(room.current, await room.lessons(), languagesOf(headers))),
  adminRoute('GET /join', async () => {
    const { current } = room;
    return html((await pages()).joinPage(current));
  }),
  adminRoute('GET /join/:hub', async ({ params: { hub }, headers }) => {
    const { lesson: id, joinUrl } = room.current;
    const student = room.student(hub);
    const all = await room.lessons();
    const lesson = documentOf(inLanguage(lessonIn(all, id), languagesOf(headers)), student.progress.of(all));
    return html((await pages()).studentPage({ student, lesson, joinUrl, ca }));
  }),
];

/** Loaded when they are needed: a start does not wait for it. */
const pages = () => import('./join-page.ts');

/** By the id of a lesson. */
type Open = ReadonlyMap<string, OpenChecks>;

const documentOf = ({ id, number, title, language, steps }: Lesson, open: Open): LessonDocument => ({
  ...{ id, number, title, language },
  steps: steps.map(({ checks, hint, title, text, code }, index) => {
    const [next] = open.get(id)?.[index] ?? checks;
    return {
      ...{ title, text, code: { ...code }, done: next === undefined },
      ...(next === undefined ? {} : { waitingFor: waitingFor(next) }),
      ...(hint === undefined ? {} : { hint }),
    };
  }),
});

const stateOf = (
  { lesson: id, joinUrl, students }: ClassParts['current'],
  all: readonly Lesson[],
  languages: readonly string[],
): ClassState => {
  const lesson = inLanguage(lessonIn(all, id), languages);
  return {
    lesson: `${lesson.number} · ${lesson.title}`,
    steps: lesson.steps.map(({ title }) => title),
    joinUrl,
    clock: students.some(({ fork }) => fork.hub.clock instanceof VirtualClock) ? 'virtual' : 'system',
    students: students.map(({ name, fork, progress }) => {
      const open = progress.of(all).get(id) ?? [];
      const { wasConnected: isHere, lastRefusal } = progress;
      const done = open.map((checks) => checks.length === 0);
      return {
        ...{ hub: fork.name, name, isHere, done },
        ...(lastRefusal === undefined ? {} : { lastRefusal }),
        faults: fork.hub.faults.list().length,
        now: new Date(fork.hub.clock.now()).toISOString(),
      };
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
