import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { Lesson } from '../../api/types.ts';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { Problem } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { createPace } from '../../state/pace.ts';
import { createResource } from '../../state/resource.ts';
import { ClassGrid } from './class-grid.tsx';
import { LessonView } from './lesson.tsx';
import { PrintView } from './print-view.tsx';

/** Lessons for one, and the class for a teacher. */
export const Screen = () => {
  const { client, navigation, stream } = useApp();
  const lessons = useMemo(() => createResource(() => client.get<readonly Lesson[]>('/lessons')), []);
  useEffect(() => {
    const pace = createPace(lessons.reload);
    pace.ask();
    // steps are checked by the hub after each event
    const stop = stream.listen(({ events, traffic, leftOut }) => {
      if (events.length + traffic.length + leftOut.length > 0) pace.ask();
    });
    return () => {
      stop();
      pace.close();
    };
  }, []);
  const { path, query } = navigation.location.value;
  const [, id] = path;
  const list = lessons.value.value ?? [];
  const lesson = list.find((candidate) => candidate.id === id);
  if (lessons.error.value !== undefined) return <Problem>{messageOf(lessons.error.value)}</Problem>;
  if (id === 'class') return <ClassGrid />;
  if (lesson === undefined) return <List lessons={list} />;
  return query.get('print') === 'yes' ? <PrintView lesson={lesson} /> : <LessonView lesson={lesson} />;
};

const List = ({ lessons }: { lessons: readonly Lesson[] }) => {
  const app = useApp();
  return (
    <>
      <div class="title">
        <h1>Workshop</h1>
        {app.offers('GET /class') && (
          <a class="button" href={linkTo(app, ['workshop', 'class'])}>
            The class
          </a>
        )}
      </div>
      <Card title="Lessons" flush>
        {lessons.length === 0 && <Empty title="No lesson." />}
        <ol class="rules">
          {lessons.map((lesson) => (
            <li key={lesson.id}>
              <span class="step-number">{lesson.number}</span>
              <a class="grow" href={linkTo(app, ['workshop', lesson.id])}>
                {lesson.title}
              </a>
              <Progress lesson={lesson} />
            </li>
          ))}
        </ol>
      </Card>
    </>
  );
};

const Progress = ({ lesson: { steps } }: { lesson: Lesson }) => {
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return <Pill tone="good">done</Pill>;
  return <Pill>{`${done} of ${steps.length} steps`}</Pill>;
};
