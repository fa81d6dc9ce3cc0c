import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface CardProps {
  readonly title: ComponentChildren;
  /** At the right of the title. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Without space around the content: for lists and tables. */
  readonly flush?: boolean;
  readonly class?: string;
}

export const Card = ({ title, aside, children, flush, class: more }: CardProps) => {
  const id = useId();
  return (
    <section class={more === undefined ? 'card' : `card ${more}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </header>
      {flush ? children : <div class="body">{children}</div>}
    </section>
  );
};

export type Tone = 'good' | 'bad' | 'warn' | 'accent' | 'violet';

export const Pill = ({ tone, children, title }: { tone?: Tone; children: ComponentChildren; title?: string }) => (
  <span class={tone === undefined ? 'pill' : `pill ${tone}`} title={title}>
    {children}
  </span>
);

/** A filter that is on or off. */
export const FilterPill = ({ on, run, children }: { on: boolean; run: () => void; children: ComponentChildren }) => (
  <button type="button" class="pill" aria-pressed={on} onClick={run}>
    {children}
  </button>
);

/** A whole place that is not there, and why. */
export const NotThere = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="empty">
    <h1>{title}</h1>
    {children}
  </div>
);

/** What to do where there is nothing yet. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <strong>{title}</strong>
    {children}
  </div>
);
