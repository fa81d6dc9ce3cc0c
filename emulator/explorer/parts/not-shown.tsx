import type { ComponentChildren } from 'preact';

/** How many came too fast for a list; nothing if it shows all. */
export const NotShown = ({ count, children }: { count: number; children?: ComponentChildren }) => {
  if (count === 0) return null;
  return (
    <span class="muted small" title="They came faster than the page asks for; charts and counts have them.">
      {count.toLocaleString('en')} more not shown {children}
    </span>
  );
};
