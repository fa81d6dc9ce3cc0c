import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isObject, type Json, type JsonObject } from '../../../../protocol/json.ts';
import { ApiError, messageOf } from '../../api/client.ts';
import type { Source } from '../../api/stream.ts';
import type { Explanation } from '../../api/types.ts';
import type { EditorProblem } from '../../parts/editor-types.ts';
import type { App } from '../../state/app.ts';
import { followRows } from './live-rows.ts';
import { planText } from './plan.ts';

type Parts = Pick<App, 'client' | 'service' | 'offers'> & {
  /** Opens an event stream of the hub. */
  readonly openSource: (path: string) => Source;
};

export const DEFAULT_QUERY = 'SELECT * FROM devices';

const CHECK_MS = 250;
const PAGE_SIZE = 100;

/** Room: one query with its result. */
export class QueryBox {
  readonly text: Signal<string>;
  /** What the hub did, in words. */
  readonly plan: ReadonlySignal<string>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly #parts: Parts;
  readonly #rows = signal<readonly Json[] | undefined>(undefined);
  readonly #problem = signal<EditorProblem | undefined>(undefined);
  readonly #explanation = signal<Explanation | undefined>(undefined);
  readonly #continuation = signal<string | undefined>(undefined);
  readonly #isLive = signal(false);
  /** Why the result follows no longer. */
  readonly #ended = signal<string | undefined>(undefined);
  readonly #stopChecking: () => void;
  #stopFollowing = (): void => {};
  #ran = 0;

  constructor(parts: Parts, text: string) {
    this.#parts = parts;
    this.text = signal(text);
    this.hasMore = computed(() => this.#continuation.value !== undefined);
    this.plan = computed(() => planText(this.#explanation.value, this.#rows.value?.length, this.hasMore.value));
    this.#stopChecking = effect(() => {
      const query = this.text.value;
      const timer = setTimeout(() => void this.#explain(query), CHECK_MS);
      return () => clearTimeout(timer);
    });
  }

  get rows(): ReadonlySignal<readonly Json[] | undefined> {
    return this.#rows;
  }

  get problem(): ReadonlySignal<EditorProblem | undefined> {
    return this.#problem;
  }

  get isLive(): ReadonlySignal<boolean> {
    return this.#isLive;
  }

  get ended(): ReadonlySignal<string | undefined> {
    return this.#ended;
  }

  /** Begins or ends to follow the twins, and runs the query. */
  readonly follow = (isLive: boolean): Promise<void> => {
    this.#isLive.value = isLive;
    this.#ended.value = undefined;
    return this.run();
  };

  /** Runs the query from the beginning. */
  readonly run = async (): Promise<void> => {
    const query = this.text.peek();
    const run = this.#begin();
    // another run may have begun meanwhile
    if (!(await this.#explain(query)) || run !== this.#ran) return;
    if (this.#isLive.peek()) {
      this.#open(query);
      return;
    }
    await this.#fetch(query).catch((error: unknown) => {
      this.#problem.value = problemOf(error, query);
    });
  };

  /** Fetches the next page. */
  readonly more = async (): Promise<void> => {
    const page = await this.#parts.service.query(this.text.peek(), this.#continuation.value, PAGE_SIZE);
    this.#rows.value = [...(this.#rows.value ?? []), ...page.rows];
    this.#continuation.value = page.continuation;
  };

  readonly close = (): void => {
    this.#stopChecking();
    this.#begin();
  };

  /** True if the query is one. What another text has replaced meanwhile is not told any more. */
  async #explain(query: string): Promise<boolean> {
    try {
      const body = { query };
      const found = await this.#parts.client.send<Explanation>('/explain', { method: 'POST', body });
      if (this.text.peek() !== query) return false;
      this.#explanation.value = found;
      this.#problem.value = undefined;
      return true;
    } catch (error) {
      if (this.text.peek() === query) this.#problem.value = problemOf(error, query);
      return false;
    }
  }

  async #fetch(query: string): Promise<void> {
    if (!this.#parts.offers('GET /service/*')) return;
    const run = this.#ran;
    const page = await this.#parts.service.query(query, undefined, PAGE_SIZE);
    if (run !== this.#ran) return;
    this.#rows.value = page.rows;
    this.#continuation.value = page.continuation;
  }

  /** Ends what was before. Returns the number of this run. */
  #begin(): number {
    this.#stopFollowing();
    this.#stopFollowing = () => {};
    this.#ran += 1;
    return this.#ran;
  }

  #open(query: string): void {
    const source = this.#parts.openSource(`/live-query?query=${encodeURIComponent(query)}`);
    this.#stopFollowing = followRows(source, {
      rows: (rows) => {
        this.#rows.value = rows;
        this.#continuation.value = undefined;
      },
      ended: (why) => {
        void this.follow(false);
        this.#ended.value = why;
      },
    });
  }
}

/** The hub says `line 1, column 38: …` in its hint. */
export const problemOf = (error: unknown, text: string): EditorProblem => {
  const hint = error instanceof ApiError ? error.hint : undefined;
  const [, line, column, reason] = /^line (\d+), column (\d+): (.*)$/s.exec(hint ?? '') ?? [];
  if (line === undefined || column === undefined) return { problem: messageOf(error) };
  const before = text.split('\n').slice(0, Number(line) - 1);
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  return { problem: `Line ${line}, column ${column}: ${reason}`, position: start + Number(column) - 1 };
};

export interface Column {
  readonly name: string;
}

const MOST_COLUMNS = 12;

/** The columns of a result; of whole twins those that people look at. */
export const columnsOf = (rows: readonly Json[]): readonly Column[] => {
  const names = new Set<string>();
  for (const row of rows.slice(0, 100)) if (isObject(row)) for (const name of Object.keys(row)) names.add(name);
  if (names.has('deviceEtag') && names.has('properties'))
    return [
      'deviceId',
      ...(names.has('moduleId') ? ['moduleId'] : []),
      'status',
      'connectionState',
      'tags',
      'reported',
      'desired',
    ].map((name) => ({ name }));
  return [...names].slice(0, MOST_COLUMNS).map((name) => ({ name }));
};

/** The value of a cell. */
export const cellOf = (row: Json, name: string): Json | undefined => {
  if (!isObject(row)) return name === '' ? row : undefined;
  if (Object.hasOwn(row, name)) return row[name];
  const { properties } = row;
  const section = isObject(properties) ? properties[name] : undefined;
  return isObject(section) ? withoutMetadata(section) : undefined;
};

const withoutMetadata = (section: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(section).filter(([name]) => !name.startsWith('$')));
