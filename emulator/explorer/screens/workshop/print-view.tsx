import type { Lesson } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { WithCode } from './lesson.tsx';

/** A lesson on paper: every step with its programs and hint, and nothing that changes. */
export const PrintView = ({ lesson }: { lesson: Lesson }) => {
  const app = useApp();
  return (
    <article class="paper" lang={lesson.language}>
      <div class="title">
        <h1>
          {lesson.number} · {lesson.title}
        </h1>
        <div class="row off-paper">
          <Button kind="primary" run={() => window.print()}>
            Print
          </Button>
          <Button run={() => app.navigation.go(linkTo(app, ['workshop', lesson.id]))}>Back to the lesson</Button>
        </div>
      </div>
      {lesson.steps.map(({ title, text, code, hint }, index) => (
        <section key={title}>
          <h2>
            {index + 1} {title}
          </h2>
          <p>
            <WithCode text={text} />
          </p>
          {hint !== undefined && (
            <p class="muted">
              <WithCode text={hint} />
            </p>
          )}
          {Object.entries(code).map(([language, program]) => (
            <figure key={language}>
              <figcaption class="mono small">{program.file}</figcaption>
              <pre>{program.text}</pre>
            </figure>
          ))}
        </section>
      ))}
    </article>
  );
};
