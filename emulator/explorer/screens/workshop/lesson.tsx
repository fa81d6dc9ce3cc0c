import { useSignal } from '@preact/signals';
import type { Lesson, LessonStep } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { FilterPill } from '../../parts/card.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { Text } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { LiveDevice } from './live-device.tsx';

/** One lesson: its steps, the next one open, and what the hub sees meanwhile. */
export const LessonView = ({ lesson }: { lesson: Lesson }) => {
  const app = useApp();
  const next = lesson.steps.findIndex(({ done }) => !done);
  return (
    <>
      <div class="title">
        <h1>
          {lesson.number} · {lesson.title}
        </h1>
        <div class="row">
          <Button run={() => app.navigation.go(linkTo(app, ['workshop', lesson.id], { print: 'yes' }))}>
            Print view
          </Button>
          <Button run={() => document.documentElement.toggleAttribute('data-projector')}>Projector</Button>
          <Button run={() => app.navigation.go(linkTo(app, ['snapshots'], { reset: 'yes' }))}>Start over</Button>
        </div>
      </div>
      <div class="columns-2">
        <section class="card" aria-label="Steps" lang={lesson.language}>
          <ol class="steps">
            {lesson.steps.map((step, index) => (
              <Step key={step.title} {...{ step, index }} isNext={index === next} />
            ))}
          </ol>
        </section>
        <LiveDevice />
      </div>
    </>
  );
};

interface StepProps {
  readonly step: LessonStep;
  readonly index: number;
  readonly isNext: boolean;
}

const Step = ({ step, index, isNext }: StepProps) => (
  <li class={step.done ? 'done' : isNext ? 'next' : undefined} aria-current={isNext ? 'step' : undefined}>
    <span class="step-number" aria-hidden="true">
      {step.done ? '✓' : index + 1}
    </span>
    <div class="grow stack">
      <div>
        <strong>{step.title}</strong>
        {step.done && <span class="out-of-sight">, done</span>}
        <p class="muted">
          <WithCode text={step.text} />
        </p>
      </div>
      {isNext && <CodeChoice code={step.code} />}
      {isNext && step.waitingFor !== undefined && (
        <p class="faint small row" role="status">
          <span class="dot" /> <Text value={step.waitingFor} />
        </p>
      )}
      {isNext && step.hint !== undefined && (
        <details>
          <summary class="small">A hint</summary>
          <p class="muted">
            <WithCode text={step.hint} />
          </p>
        </details>
      )}
    </div>
  </li>
);

/** Text with `code` in backticks. */
export const WithCode = ({ text }: { text: string }) => (
  <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={`${index}${part}`}>{part}</code> : part))}</>
);

const CodeChoice = ({ code }: { code: LessonStep['code'] }) => {
  const languages = Object.keys(code);
  const chosen = useSignal(languages[0] ?? '');
  const { file, text } = code[chosen.value] ?? { file: '', text: '' };
  return (
    <div class="stack">
      <div class="row">
        {languages.map((language) => (
          <FilterPill key={language} on={language === chosen.value} run={() => (chosen.value = language)}>
            {language}
          </FilterPill>
        ))}
        <span class="muted small">{file}</span>
      </div>
      <div class="copy-line">
        <code class="wrap grow">{text}</code>
        <CopyButton text={text} label="the code" />
      </div>
    </div>
  );
};
