import type { Hub } from '../hub/hub.ts';
import type { Journal } from '../hub/journal.ts';
import { type Check, unmet } from './check.ts';
import type { Lesson } from './lesson.ts';

/** Of those that were answered since the last look. */
const MOST_REQUESTS = 1_000;
const PAGE_BYTES = 16 * 1024 * 1024;

/** What each step of a lesson still waits for: nothing if it is done. */
export type OpenChecks = readonly (readonly Check[])[];

/** Room: which steps were done at one hub. A step that was done stays done until the hub is reset. */
export class Progress {
  readonly #hub: Hub;
  readonly #journal: Journal;
  /** By the id of the lesson. */
  readonly #open = new Map<string, OpenChecks>();
  /** The latest event that was looked at. */
  #sequence = 0;
  #requests: string[] = [];
  #lastRefusal: string | undefined;
  #wasConnected = false;

  constructor(hub: Hub, journal: Journal) {
    this.#hub = hub;
    this.#journal = journal;
  }

  /** A request was answered. */
  answered({
    method,
    path,
    status,
  }: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
  }): void {
    if (status < 300 && this.#requests.length < MOST_REQUESTS) this.#requests.push(`${method} ${path}`);
  }

  /** By the id of the lesson; looks at all `lessons`, since each event is looked at once. */
  of(lessons: readonly Lesson[]): ReadonlyMap<string, OpenChecks> {
    this.#look(lessons);
    return this.#open;
  }

  /** Why a client was refused last, as far as the events were looked at. */
  get lastRefusal(): string | undefined {
    return this.#lastRefusal;
  }

  /** True once a client has connected or asked something. */
  get wasConnected(): boolean {
    return this.#wasConnected;
  }

  /** Forgets what was done. */
  clear(): void {
    this.#look([]);
    this.#open.clear();
    this.#lastRefusal = undefined;
    this.#wasConnected = false;
  }

  #look(lessons: readonly Lesson[]): void {
    const events = this.#journal.page(this.#sequence, PAGE_BYTES);
    const happened = { events, requests: this.#requests };
    this.#sequence = events.at(-1)?.sequence ?? this.#sequence;
    this.#wasConnected ||= this.#requests.length > 0 || events.some(({ type }) => type === 'session.opened');
    for (const event of events) if (event.type === 'refused') this.#lastRefusal = event.cause;
    this.#requests = [];
    for (const { id, steps } of lessons) {
      const before = this.#open.get(id) ?? steps.map(({ checks }) => checks);
      this.#open.set(
        id,
        before.map((checks) => unmet(checks, this.#hub, happened)),
      );
    }
  }
}
