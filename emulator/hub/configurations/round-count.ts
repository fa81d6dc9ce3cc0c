import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { StateMap } from '../../kernel/state-map.ts';
import type { Configuration, Counted } from './configuration.ts';
import type { ConfigurationMetrics } from './configuration-metrics.ts';

const KIND = 'configuration-count';

/** Counts the metrics of all configurations after a round, slice by slice: other work gets its turn in between. */
export class RoundCount {
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #metrics: ConfigurationMetrics;
  readonly #results: StateMap<Counted>;
  #steps: Generator<void, void> | undefined;

  constructor(
    scheduler: Scheduler,
    clock: Clock,
    { metrics, results }: { metrics: ConfigurationMetrics; results: StateMap<Counted> },
  ) {
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#results = results;
    scheduler.on(KIND, () => this.#step());
  }

  /** `all`: the configurations there are; one that is deleted meanwhile has no result. */
  begin(all: () => readonly Configuration[]): void {
    this.#steps = this.#count(all);
    this.#step();
  }

  #step(): void {
    if (this.#steps === undefined) return;
    if (this.#steps.next().done === true) this.#steps = undefined;
    else this.#scheduler.put({ at: this.#clock.now(), kind: KIND, key: 'all' });
  }

  *#count(all: () => readonly Configuration[]): Generator<void, void> {
    for (const configuration of all()) {
      const counted = yield* this.#metrics.count(configuration);
      if (all().some(({ id }) => id === configuration.id)) this.#results.set(configuration.id, counted);
      yield;
    }
  }
}
