import type { ComponentChildren } from 'preact';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: 'primary' | 'danger' | 'plain' | 'link';
  readonly run?: () => unknown;
  /** The key that does the same, shown on the button. */
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly pressed?: boolean;
  readonly submit?: boolean;
}

export const Button = ({ children, kind, run, keys, disabled, title, pressed, submit }: ButtonProps) => (
  <button
    type={submit ? 'submit' : 'button'}
    class={kind === undefined ? 'button' : `button ${kind}`}
    disabled={disabled ?? false}
    onClick={() => void run?.()}
    title={title}
    aria-pressed={pressed}
    aria-keyshortcuts={keys}
  >
    {children}
    {keys !== undefined && <kbd>{keys}</kbd>}
  </button>
);
