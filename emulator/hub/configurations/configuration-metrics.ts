import { HubError } from '../../../protocol/errors.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { TableView } from '../../kernel/table.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import { visitMembers } from '../fleet/visit-members.ts';
import { parseMetric } from '../query/conditions.ts';
import type { Queries } from '../query/queries.ts';
import { type Configuration, type Counted, systemQueries } from './configuration.ts';
import type { MetricResults } from './configuration-schema.ts';

/** How many twins name a configuration; those of `$edgeAgent` also apart. */
interface Tally {
  targeted: number;
  applied: number;
  agentsTargeted: number;
  agentsApplied: number;
}

/**
 * Counts how many twins each configuration targets and is applied to: all of them when somebody asks first, then with every change
 * of a twin.
 */
export class ConfigurationMetrics {
  readonly #queries: Queries;
  readonly #limits: Limits;
  readonly #tallies = new Map<string, Tally>();
  readonly #counting: Generator<void, void>;

  constructor({ fleet, queries, limits }: { fleet: FleetView; queries: Queries; limits: Limits }) {
    this.#queries = queries;
    this.#limits = limits;
    this.#counting = this.#begin([fleet.devices, fleet.modules]);
  }

  /** Counts the metrics of a configuration, and yields between short slices; a query that fails has no result. */
  *count(configuration: Configuration): Generator<void, Counted> {
    while (this.#counting.next().done !== true) yield; // another caller may go on where this one stops
    const { targeted, applied, agentsTargeted, agentsApplied } = this.#tallies.get(configuration.id) ?? NOTHING;
    const custom = yield* this.#results(configuration.metrics);
    if (configuration.content.kind !== 'edge')
      return { system: { targetedCount: targeted, appliedCount: applied }, custom };
    // of the modules of an edge device only the agent counts
    const reported = yield* this.#reported(configuration);
    return { system: { targetedCount: agentsTargeted, appliedCount: agentsApplied, ...reported }, custom };
  }

  *#begin(tables: readonly TableView<Member>[]): Generator<void, void> {
    for (const table of tables) table.watch((_, before, after) => this.#change(before, after));
    yield* visitMembers(tables, (member) => this.#add(member, 1));
  }

  #reported(configuration: Configuration): Generator<void, MetricResults> {
    const { reportedSuccessfulCount = '', reportedFailedCount = '' } = systemQueries(configuration);
    return this.#results({ reportedSuccessfulCount, reportedFailedCount });
  }

  *#results(queries: Readonly<Record<string, string>>): Generator<void, MetricResults> {
    const results: Record<string, number> = {};
    for (const [name, query] of Object.entries(queries)) {
      try {
        results[name] = yield* this.#rows(query);
      } catch (error) {
        if (!(error instanceof HubError) || error.code === 'ClientClosedRequest') throw error;
      }
    }
    return results;
  }

  *#rows(text: string): Generator<void, number> {
    const query = parseMetric(text, this.#limits);
    return query === undefined ? 0 : yield* this.#queries.count(query);
  }

  #change(before: Member | undefined, after: Member | undefined): void {
    if (before?.twin.configurations === after?.twin.configurations) return;
    if (before !== undefined) this.#add(before, -1);
    if (after !== undefined) this.#add(after, 1);
  }

  #add({ identity, twin }: Member, by: 1 | -1): void {
    if (twin.configurations === undefined) return;
    for (const [id, { status }] of Object.entries(twin.configurations)) {
      const tally = this.#tallies.get(id) ?? { ...NOTHING };
      const applied = status === 'Applied' ? by : 0;
      tally.targeted += by;
      tally.applied += applied;
      if (identity.moduleId === '$edgeAgent') {
        tally.agentsTargeted += by;
        tally.agentsApplied += applied;
      }
      // while rows are counted first, one number can be 0 before the others: a row has changed that is counted later
      if (Object.values(tally).every((number) => number === 0)) this.#tallies.delete(id);
      else this.#tallies.set(id, tally);
    }
  }
}

const NOTHING: Tally = { targeted: 0, applied: 0, agentsTargeted: 0, agentsApplied: 0 };
