import { isObject, type Json } from '../../../protocol/json.ts';
import type { Path } from '../../../protocol/json-paths.ts';
import { keyOf } from '../text/paths.ts';
import { shorten, visible } from '../text/visible.ts';
import { Text } from './text.tsx';

/** One line of a tree: a branch has no value. */
export interface TreeLine {
  readonly path: Path;
  readonly name: string;
  readonly value: Json | undefined;
}

/** What is said of a line besides its value. */
export interface LineNote {
  readonly kind?: 'warn' | 'new' | 'old';
  readonly text?: string;
  /** On hover. */
  readonly title?: string;
  /** A value that was there before, shown struck through above. */
  readonly before?: Json;
  readonly flash?: boolean;
  readonly seen?: () => void;
}

interface JsonTreeProps {
  readonly value: Json | undefined;
  readonly label: string;
  readonly noteOf?: (path: Path) => LineNote | undefined;
}

const MOST_LINES = 2000;
const WIDEST_NAMES = 26;

/** An object as lines: branches, and leaves with their values in one column. */
export const JsonTree = ({ value, label, noteOf }: JsonTreeProps) => {
  const lines = linesOf(value);
  const width = Math.min(
    WIDEST_NAMES,
    Math.max(0, ...lines.filter(isLeaf).map(({ path, name }) => path.length * 2 + name.length - 1)),
  );
  return (
    <ul class="tree" aria-label={label}>
      {lines.slice(0, MOST_LINES).map((line) => (
        <Leaf key={keyOf(line.path)} {...{ line, width }} note={noteOf?.(line.path)} />
      ))}
      {lines.length > MOST_LINES && <li class="leaf note">… {lines.length - MOST_LINES} more lines</li>}
    </ul>
  );
};

const isLeaf = ({ value }: TreeLine): boolean => value !== undefined;

const linesOf = (value: Json | undefined, path: Path = []): TreeLine[] => {
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((name) => !name.startsWith('$'))
    .flatMap((name) => {
      const inner = value[name];
      const at = [...path, name];
      const isBranch = isObject(inner) && Object.keys(inner).some((key) => !key.startsWith('$'));
      return isBranch
        ? [{ path: at, name, value: undefined }, ...linesOf(inner, at)]
        : [{ path: at, name, value: inner }];
    });
};

const Leaf = ({ line, width, note }: { line: TreeLine; width: number; note: LineNote | undefined }) => (
  <>
    {note?.before !== undefined && <Struck line={line} width={width} before={note.before} />}
    <li class={classOf(note)} title={note?.title} onMouseLeave={note?.seen}>
      <Name line={line} width={width} />
      {line.value !== undefined && <Value value={line.value} />}
      {note?.text !== undefined && (
        <span class="note">
          <Text value={note.text} most={120} />
        </span>
      )}
    </li>
  </>
);

const classOf = (note: LineNote | undefined): string =>
  ['leaf', note?.kind, note?.flash ? 'flash' : undefined].filter((name) => name !== undefined).join(' ');

const Struck = ({ line, width, before }: { line: TreeLine; width: number; before: Json }) => (
  <li class="leaf old" aria-label={`was ${JSON.stringify(before)}`}>
    <Name line={line} width={width} />
    <Value value={before} />
  </li>
);

const Name = ({ line: { path, name, value }, width }: { line: TreeLine; width: number }) => {
  const indent = (path.length - 1) * 2;
  return (
    <span
      class="name"
      style={{ paddingLeft: `${indent}ch`, ...(value === undefined ? {} : { minWidth: `${width}ch` }) }}
      title={visible(name)}
    >
      <Text value={name} most={80} />
    </span>
  );
};

const MOST_VALUE = 240;

export const Value = ({ value }: { value: Json }) => {
  const text = JSON.stringify(value);
  return (
    <span class={`value ${typeOf(value)}`} title={text.length > MOST_VALUE ? visible(shorten(text, 4096)) : undefined}>
      <Text value={text} most={MOST_VALUE} />
    </span>
  );
};

const typeOf = (value: Json): string => {
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' ? 'number' : 'word';
};
