import { TestQueriesRequest } from '../../protocol/configuration.ts';
import { readEnvelope } from '../../protocol/envelope.ts';
import { HubError } from '../../protocol/errors.ts';
import { type IfMatch, matches } from '../../protocol/etag.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import {
  byPrecedence,
  type Configuration,
  type ConfigurationSpec,
  type Counted,
  configurationEtag,
  readConfiguration,
  renderConfiguration,
} from './configuration.ts';
import { readContent } from './configuration-content.ts';
import { ConfigurationMetrics } from './configuration-metrics.ts';
import { Evaluation, type EvaluationState } from './evaluation.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { parseMetric } from './query/conditions.ts';
import type { Queries } from './query/queries.ts';
import type { Registry } from './registry.ts';
import { type Aimed, Rollout } from './rollout.ts';
import { targetSelection } from './selection.ts';
import type { Twins } from './twins.ts';

/** Everything that configurations are at one moment. */
export interface ConfigurationsState {
  readonly configurations: readonly Configuration[];
  readonly counted: ReadonlyMap<string, Counted>;
  readonly order: number;
  readonly evaluation: EvaluationState;
}

/** Room: automatic configurations and edge deployments. */
export class Configurations {
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #metrics: ConfigurationMetrics;
  readonly #evaluation: Evaluation;
  readonly #rollout: Rollout;
  readonly #atOnce: boolean;
  readonly #configurations = new Map<string, Configuration>();
  /** Results of the last round, where there are rounds. */
  readonly #counted = new Map<string, Counted>();
  /** Every id there has been: marks of any other came with a twin from another hub, and stay. */
  readonly #ids = new Set<string>();
  #aimed: readonly Aimed[] = [];
  #order = 0;

  /** `interval`: ms between evaluations, 0 for at once. */
  constructor(
    parts: {
      fleet: Fleet;
      registry: Registry;
      twins: Twins;
      queries: Queries;
      agenda: Agenda;
      events: Bus;
      clock: Clock;
      limits: Limits;
    },
    interval: number,
  ) {
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#atOnce = interval === 0;
    this.#metrics = new ConfigurationMetrics({
      fleet: parts.fleet,
      queries: parts.queries,
      find: (id) => this.#configurations.get(id),
    });
    this.#rollout = new Rollout(parts, (id) => this.#ids.has(id));
    this.#evaluation = new Evaluation(parts, {
      interval,
      rollout: this.#rollout,
      aimed: () => this.#aimed,
      finished: () => this.#countAll(),
    });
  }

  /**
   * Without `ifMatch` creates, with it replaces all but the content, which stays what it was.
   * Throws ArgumentInvalid, InvalidConfigurationContent, InvalidConfigurationTargetCondition,
   * InvalidConfigurationCustomMetricsQuery, ConfigurationAlreadyExists, ConfigurationCountLimitExceeded,
   * ConfigurationNotFound, PreconditionFailed.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
   */
  put(id: string, body: Json, ifMatch?: IfMatch): Configuration {
    const spec = readConfiguration(id, body, this.#limits);
    const before = this.#configurations.get(id);
    const now = this.#clock.now();
    if (ifMatch === undefined) {
      if (before !== undefined)
        throw new HubError('ConfigurationAlreadyExists', `A configuration with ID '${id}' already exists.`);
      if (this.#configurations.size >= this.#limits.configurations)
        throw new HubError(
          'ConfigurationCountLimitExceeded',
          `The hub holds ${this.#limits.configurations} configurations.`,
        );
      this.#check(spec);
      if (this.#evaluation.isPending) this.#metrics.recount();
      this.#order += 1;
      return this.#set({ ...spec, id, createdAt: now, updatedAt: now, order: this.#order, etag: 1 }, 'created');
    }
    const known = this.get(id);
    demandMatch(known, ifMatch);
    const next = { ...known, ...spec, content: known.content, updatedAt: now, etag: known.etag + 1 };
    this.#check(next);
    return this.#set(next, 'replaced');
  }

  /** Throws ConfigurationNotFound. */
  get(id: string): Configuration {
    const configuration = this.#configurations.get(id);
    if (configuration === undefined) throw new HubError('ConfigurationNotFound', `Configuration ${id} not found`);
    return configuration;
  }

  /** All of them, oldest first. */
  list(): Configuration[] {
    return [...this.#configurations.values()];
  }

  /** Takes a configuration away; what it wrote stays. Throws ConfigurationNotFound, PreconditionFailed. */
  delete(id: string, ifMatch?: IfMatch): void {
    const configuration = this.get(id);
    demandMatch(configuration, ifMatch);
    this.#configurations.delete(id);
    this.#counted.delete(id);
    this.#metrics.forget(id);
    this.#events.publish({ type: 'configuration.deleted', configuration });
    this.#renew();
  }

  /**
   * Writes the modules of one edge device at once.
   * Throws DeviceNotFound, ArgumentInvalid for a device that is none, InvalidConfigurationContent.
   * https://learn.microsoft.com/rest/api/iothub/service/configuration/apply-on-edge-device
   */
  applyContent(deviceId: string, body: Json): void {
    this.#rollout.applyOnce(deviceId, readContent(body, this.#limits));
  }

  /** The document with its metrics. */
  render(configuration: Configuration): JsonObject {
    const counted = this.#atOnce ? this.#metrics.count(configuration) : this.#counted.get(configuration.id);
    return renderConfiguration(configuration, counted);
  }

  /**
   * What is wrong with a target condition and metrics, without keeping them. Throws ArgumentInvalid.
   * https://learn.microsoft.com/rest/api/iothub/service/configuration/test-queries
   */
  testQueries(body: Json): JsonObject {
    const { targetCondition, customMetricQueries } = readEnvelope(TestQueriesRequest, body);
    const complaint = (check: () => unknown): string | null => {
      try {
        check();
        return null;
      } catch (error) {
        if (error instanceof HubError) return `ErrorCode:${error.code};${error.message}`;
        throw error;
      }
    };
    const errors = Object.entries(customMetricQueries ?? {}).flatMap(([name, query]) => {
      const text = complaint(() => parseMetric(query));
      return text === null ? [] : [[name, text] as const];
    });
    return {
      targetConditionError: complaint(() => (targetCondition ? readTested(targetCondition) : undefined)),
      customMetricQueryErrors: Object.fromEntries(errors),
    };
  }

  state(): ConfigurationsState {
    return {
      configurations: this.list(),
      counted: new Map(this.#counted),
      order: this.#order,
      evaluation: this.#evaluation.state(),
    };
  }

  restore(state: ConfigurationsState): void {
    this.#configurations.clear();
    this.#counted.clear();
    for (const configuration of state.configurations) this.#configurations.set(configuration.id, configuration);
    for (const [id, counted] of state.counted) this.#counted.set(id, counted);
    this.#order = state.order;
    this.#aim();
    this.#metrics.recount();
    this.#evaluation.restore(state.evaluation);
  }

  #check({ content, targetCondition, metrics }: ConfigurationSpec): void {
    const { from } = targetSelection(targetCondition);
    const isEverybody = targetCondition === '' || targetCondition === '*';
    if (!isEverybody && (from === 'devices.modules') !== (content.kind === 'module'))
      throw new HubError('InvalidConfigurationTargetCondition', 'BadRequest', {
        hint: 'moduleContent goes with `from devices.modules where …`, other content without it',
      });
    for (const query of Object.values(metrics)) parseMetric(query);
  }

  #set(configuration: Configuration, verb: 'created' | 'replaced'): Configuration {
    this.#configurations.set(configuration.id, configuration);
    this.#events.publish({ type: `configuration.${verb}`, configuration });
    this.#renew();
    return configuration;
  }

  #renew(): void {
    this.#aim();
    this.#evaluation.renew();
  }

  #aim(): void {
    for (const id of this.#configurations.keys()) this.#ids.add(id);
    this.#aimed = this.list()
      .sort(byPrecedence)
      .map((configuration) => ({ configuration, selection: targetSelection(configuration.targetCondition) }));
  }

  #countAll(): void {
    if (this.#atOnce) return;
    for (const configuration of this.#configurations.values())
      this.#counted.set(configuration.id, this.#metrics.count(configuration));
  }
}

const demandMatch = (configuration: Configuration, ifMatch: IfMatch): void => {
  const etag = configurationEtag(configuration);
  if (matches(ifMatch, etag)) return;
  throw new HubError('PreconditionFailed', `Precondition failed: Configuration ${configuration.id} has another etag`);
};

/** `*` is taken in a configuration, not in a test. */
const readTested = (targetCondition: string): void => {
  if (targetCondition.trim() === '*') throw new HubError('InvalidConfigurationTargetCondition', 'BadRequest');
  targetSelection(targetCondition);
};
