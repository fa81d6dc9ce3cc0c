import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

export interface MenuItem {
  readonly title: string;
  run(): unknown;
}

interface MenuProps {
  readonly title: ComponentChildren;
  readonly items: readonly MenuItem[];
  readonly side?: 'left' | 'right';
}

/** A button with a list of actions below it. */
export const Menu = ({ title, items, side = 'right' }: MenuProps) => {
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => details.current?.removeAttribute('open');
  const leave = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node && details.current?.contains(event.relatedTarget))) close();
  };
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
  };
  return (
    <details class="menu" ref={details} onFocusOut={leave} onKeyDown={closeByKey}>
      <summary class="button">
        {title} <span aria-hidden="true">▾</span>
      </summary>
      <div class={side === 'left' ? 'list left' : 'list'}>
        {items.map((item) => (
          <button
            key={item.title}
            type="button"
            class="item"
            onClick={() => {
              close();
              item.run();
            }}
          >
            {item.title}
          </button>
        ))}
      </div>
    </details>
  );
};
