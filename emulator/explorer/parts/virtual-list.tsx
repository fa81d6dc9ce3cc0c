// biome-ignore-all lint/a11y/useSemanticElements: the list places its rows, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys of all its rows
import { useSignal } from '@preact/signals';
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useListKeys } from './screen-keys.ts';

interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T, index: number) => string | number;
  /** `grid-template-columns` of head and rows, or the class of a list whose columns the style sheet knows. */
  readonly columns: { readonly template: string } | { readonly class: string };
  readonly head: ComponentChildren;
  readonly row: (item: T, index: number) => ComponentChildren;
  readonly rowClass?: (item: T) => string;
  /** Called by Enter and by a click. */
  readonly open?: (item: T) => void;
  readonly isOpen?: (item: T) => boolean;
  /** Height of a row in px; rows are measured if `measured`. */
  readonly height?: number;
  readonly measured?: boolean;
  /** Told which rows are on the screen. */
  readonly visible?: (items: readonly T[]) => void;
  readonly empty?: ComponentChildren;
}

const HEIGHT = 33;
/** The heading stays at the top of what scrolls. */
const HEAD = 32;
const OVERSCAN = 8;

/** A list of any length, of which only the rows on the screen exist. */
export const VirtualList = <T,>(props: VirtualListProps<T>) => {
  const { label, items, columns, head, open, empty } = props;
  const id = useId();
  const { scroller, virtual } = useVirtual(props);
  const current = useSignal(-1);
  const move = (step: number) => {
    current.value = Math.max(0, Math.min(items.length - 1, current.value + step));
    virtual.scrollToIndex(current.value);
  };
  const openCurrent = () => {
    const item = items[current.value];
    if (item !== undefined) open?.(item);
  };
  useListKeys({ move, open: openCurrent });
  const template = 'template' in columns ? { gridTemplateColumns: columns.template } : {};
  const active = current.value >= 0 && current.value < items.length ? `${id}-${current.value}` : undefined;
  return (
    <div
      class={'class' in columns ? `grid ${columns.class}` : 'grid'}
      role="grid"
      ref={scroller}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={items.length + 1}
      aria-activedescendant={active}
      onKeyDown={(event) => arrow(event, move, openCurrent)}
    >
      <div class="columns" role="row" aria-rowindex={1} style={template}>
        {head}
      </div>
      <div class="tall" role="rowgroup" style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map((place) => (
          <Line
            key={place.key}
            {...{ props, place, id, virtual, template }}
            isCurrent={place.index === current.value}
          />
        ))}
      </div>
      {items.length === 0 && empty}
    </div>
  );
};

interface LineProps<T> {
  readonly props: VirtualListProps<T>;
  readonly place: VirtualItem;
  readonly id: string;
  readonly virtual: Virtualizer<HTMLDivElement, HTMLDivElement>;
  readonly isCurrent: boolean;
  readonly template: { readonly gridTemplateColumns?: string };
}

/** Rendered again only if the row or its place changes; live parts inside read their own signals. */
const Line = <T,>({ props, place, id, virtual, isCurrent, template }: LineProps<T>) => {
  const { items, row, rowClass, open, isOpen, measured } = props;
  const { index, start } = place;
  const item = items[index];
  const isSelected = item !== undefined && (isCurrent || (isOpen?.(item) ?? false));
  const draw = () => {
    if (item === undefined) return null;
    const classes = ['line', rowClass?.(item), isSelected ? 'current' : undefined];
    return (
      <div
        id={`${id}-${index}`}
        class={classes.filter((name) => name).join(' ')}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        data-index={index}
        ref={measured ? virtual.measureElement : null}
        style={{ ...template, transform: `translateY(${start - HEAD}px)` }}
        onClick={(event) => {
          if (!(event.target instanceof Element && event.target.closest('a,button,input'))) open?.(item);
        }}
      >
        {row(item, index)}
      </div>
    );
  };
  return useMemo(draw, [item, index, start, isSelected, template.gridTemplateColumns]);
};

/** A cell of a row or, with `head`, of the heading. */
export const Cell = ({ head, class: kind, children, title }: CellProps) => (
  <div role={head ? 'columnheader' : 'gridcell'} class={kind} title={title}>
    {children}
  </div>
);

interface CellProps {
  readonly head?: boolean;
  readonly class?: string;
  readonly children?: ComponentChildren;
  readonly title?: string;
}

const useVirtual = <T,>({ items, keyOf, height = HEIGHT, visible }: VirtualListProps<T>) => {
  const scroller = useRef<HTMLDivElement>(null);
  const redraw = useSignal(0);
  redraw.value; // drawn again when the list scrolls
  const made = useRef<Virtualizer<HTMLDivElement, HTMLDivElement> | undefined>(undefined);
  const estimateSize = useMemo(() => () => height, [height]);
  // another function would let the list measure all its rows again
  const getItemKey = useMemo(
    () => (index: number) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item, index);
    },
    [items],
  );
  const options = {
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    overscan: OVERSCAN,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    getItemKey,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      redraw.value += 1;
    },
  };
  made.current ??= new Virtualizer(options);
  const virtual = made.current;
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  useLayoutEffect(() => {
    visible?.(virtual.getVirtualItems().flatMap(({ index }) => items[index] ?? []));
  });
  return { scroller, virtual };
};

const arrow = (event: KeyboardEvent, move: (step: number) => void, open: () => void): void => {
  const step = STEPS[event.key];
  if (event.key === 'Enter' && event.target === event.currentTarget) open();
  else if (step !== undefined) {
    event.preventDefault();
    move(step);
  }
};

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 20,
  PageUp: -20,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
