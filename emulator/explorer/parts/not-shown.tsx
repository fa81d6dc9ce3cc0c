import type { ComponentChildren } from 'preact';

interface Props {
  readonly count: number;
  /** The list is of one device, while it is not known whose they are. */
  readonly isOfAll?: boolean;
  readonly children?: ComponentChildren;
}

/** How many came too fast for a list; nothing if it shows all. */
export const NotShown = ({ count, isOfAll = false, children }: Props) => {
  if (count === 0) return null;
  return (
    <span class="muted small" title="They came faster than the page asks for; charts and counts have them.">
      {count.toLocaleString('en')} more {isOfAll && 'of all devices '}not shown {children}
    </span>
  );
};
