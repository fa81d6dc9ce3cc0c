import type { MetricResults } from '../../protocol/configuration.ts';
import { HubError } from '../../protocol/errors.ts';
import { type Configuration, type Counted, systemQueries } from './configuration.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';
import { parseMetric } from './query/conditions.ts';
import type { Queries } from './query/queries.ts';

interface Tally {
  targeted: number;
  applied: number;
}

/** Room: how many twins each configuration targets and is applied to, kept up with every change. */
export class ConfigurationMetrics {
  readonly #fleet: Fleet;
  readonly #queries: Queries;
  readonly #find: (id: string) => Configuration | undefined;
  readonly #tallies = new Map<string, Tally>();

  constructor(parts: {
    fleet: Fleet;
    queries: Queries;
    find: (id: string) => Configuration | undefined;
  }) {
    this.#fleet = parts.fleet;
    this.#queries = parts.queries;
    this.#find = parts.find;
    for (const table of [parts.fleet.devices, parts.fleet.modules])
      table.watch((_, before, after) => this.#change(before, after));
  }

  /** Counts a configuration's metrics now; a metric that cannot be counted has no result. */
  count(configuration: Configuration): Counted {
    const { targeted, applied } = this.#tallies.get(configuration.id) ?? NOTHING;
    const { content, metrics } = configuration;
    const reported = content.kind === 'edge' ? this.#reported(configuration) : {};
    return { system: { targetedCount: targeted, appliedCount: applied, ...reported }, custom: this.#results(metrics) };
  }

  /** What a configuration that is gone has left in twins is not counted. */
  forget(id: string): void {
    this.#tallies.delete(id);
  }

  /** Counts everything from the start, after the fleet or the configurations were exchanged as a whole. */
  recount(): void {
    this.#tallies.clear();
    for (const table of [this.#fleet.devices, this.#fleet.modules])
      for (const member of table.rows()) this.#add(member, 1);
  }

  #reported(configuration: Configuration): MetricResults {
    const { reportedSuccessfulCount = '', reportedFailedCount = '' } = systemQueries(configuration);
    return this.#results({ reportedSuccessfulCount, reportedFailedCount });
  }

  #results(queries: Readonly<Record<string, string>>): MetricResults {
    const results: Record<string, number> = {};
    for (const [name, query] of Object.entries(queries)) {
      try {
        results[name] = this.#rows(query);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
      }
    }
    return results;
  }

  #rows(text: string): number {
    const query = parseMetric(text);
    let [rows, continuation]: [number, string | undefined] = [0, undefined];
    if (query === undefined) return rows;
    do {
      const page = this.#queries.runNow(query, { maxItemCount: PAGE, continuation });
      rows += page.items.length;
      continuation = page.continuation;
    } while (continuation !== undefined);
    return rows;
  }

  #change(before: Member | undefined, after: Member | undefined): void {
    if (before?.twin.configurations === after?.twin.configurations) return;
    if (before !== undefined) this.#add(before, -1);
    if (after !== undefined) this.#add(after, 1);
  }

  #add({ identity, twin }: Member, by: 1 | -1): void {
    for (const [id, { status }] of Object.entries(twin.configurations ?? {})) {
      // of an edge device's modules only the agent stands for the device
      const kind = this.#find(id)?.content.kind;
      if (kind === undefined || (kind === 'edge' && identity.moduleId !== '$edgeAgent')) continue;
      const tally = this.#tallies.get(id) ?? { targeted: 0, applied: 0 };
      tally.targeted += by;
      if (status === 'Applied') tally.applied += by;
      this.#tallies.set(id, tally);
    }
  }
}

// rows fetched at once; more are clamped
const PAGE = 1000;

const NOTHING: Tally = { targeted: 0, applied: 0 };
