import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isObject, type Json, type JsonObject } from '../../../../protocol/json.ts';
import { ApiError, messageOf } from '../../api/client.ts';
import type { Explanation, HubEvent } from '../../api/types.ts';
import type { EditorProblem } from '../../parts/editor-types.ts';
import type { App } from '../../state/app.ts';
import { planText } from './plan.ts';

type Parts = Pick<App, 'client' | 'service' | 'stream' | 'offers'> & {
  readonly after: (ms: number, run: () => void) => void;
};

export const DEFAULT_QUERY = 'SELECT * FROM devices';

/** A live result follows the twins, but asks no more often than this, ms. */
const LIVE_MS = 300;
const CHECK_MS = 250;
const PAGE_SIZE = 100;

/** Room: one query with its result. */
export class QueryBox {
  readonly text: Signal<string>;
  readonly isLive = signal(false);
  /** What the hub did, in words. */
  readonly plan: ReadonlySignal<string>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly #parts: Parts;
  readonly #rows = signal<readonly Json[] | undefined>(undefined);
  readonly #problem = signal<EditorProblem | undefined>(undefined);
  readonly #explanation = signal<Explanation | undefined>(undefined);
  readonly #continuation = signal<string | undefined>(undefined);
  readonly #stops: readonly (() => void)[];
  #isWaiting = false;
  #ran = 0;

  constructor(parts: Parts, text: string) {
    this.#parts = parts;
    this.text = signal(text);
    this.hasMore = computed(() => this.#continuation.value !== undefined);
    this.plan = computed(() => planText(this.#explanation.value, this.#rows.value?.length, this.hasMore.value));
    const stopChecking = effect(() => {
      const query = this.text.value;
      const timer = setTimeout(() => void this.#explain(query), CHECK_MS);
      return () => clearTimeout(timer);
    });
    this.#stops = [parts.stream.listen(({ events }) => this.#follow(events)), stopChecking];
  }

  get rows(): ReadonlySignal<readonly Json[] | undefined> {
    return this.#rows;
  }

  get problem(): ReadonlySignal<EditorProblem | undefined> {
    return this.#problem;
  }

  /** Runs the query from the beginning. */
  readonly run = async (): Promise<void> => {
    const query = this.text.peek();
    if (!(await this.#explain(query))) return;
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
    for (const stop of this.#stops) stop();
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
    this.#ran += 1;
    const run = this.#ran;
    const page = await this.#parts.service.query(query, undefined, PAGE_SIZE);
    if (run !== this.#ran) return;
    this.#rows.value = page.rows;
    this.#continuation.value = page.continuation;
  }

  #follow(events: readonly HubEvent[]): void {
    if (!this.isLive.peek() || this.#isWaiting || !events.some(isChange)) return;
    this.#isWaiting = true;
    this.#parts.after(LIVE_MS, () => {
      this.#isWaiting = false;
      if (this.isLive.peek()) void this.run();
    });
  }
}

/** Events after which another result is possible. */
const isChange = ({ type }: HubEvent): boolean => /^(?:twin|identity|session\.(?:opened|closed)|job)/.test(type);

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
