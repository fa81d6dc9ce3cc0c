import type { ComponentChildren } from 'preact';

interface Props {
  readonly count: number;
  /** The list is of one device, while it is not known whose they are. */
  readonly isOfAll?: boolean;
  /** Where they are nevertheless. */
  readonly hint?: string;
  readonly children?: ComponentChildren;
}

/** How many came too fast for a list; nothing if it shows all. */
export const NotShown = ({ count, isOfAll = false, hint, children }: Props) => {
  if (count === 0) return null;
  const why = ['They came faster than the page asks for', hint].filter(Boolean).join('; ');
  return (
    <span class="muted small" title={`${why}.`}>
      {count.toLocaleString('en')} more {isOfAll && 'of all devices '}not shown {children}
    </span>
  );
};
