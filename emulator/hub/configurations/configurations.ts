import { HubError } from '../../../protocol/errors.ts';
import { type IfMatch, matches } from '../../../protocol/etag.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Actors } from '../history/actors.ts';
import { parseMetric } from '../query/conditions.ts';
import { drain, type Queries } from '../query/queries.ts';
import type { Registry } from '../registry/registry.ts';
import { targetSelection } from '../selection.ts';
import type { Twins } from '../twins/twins.ts';
import {
  byPrecedence,
  type Configuration,
  type ConfigurationSpec,
  type Counted,
  configurationEtag,
  readConfiguration,
  renderConfiguration,
} from './configuration.ts';
import { ConfigurationApplier } from './configuration-applier.ts';
import { readEdgeContent } from './configuration-content.ts';
import { ConfigurationMetrics } from './configuration-metrics.ts';
import type { ConfigurationPlanner, TargetedConfiguration } from './configuration-plan.ts';
import { ConfigurationScheduler } from './configuration-scheduler.ts';
import { RoundCount } from './round-count.ts';
import { testQueries } from './test-queries.ts';

/** A configuration as if it were stored. */
export interface ConfigurationTrial {
  readonly configuration: Configuration;
  /** All of them, the winning ones first. */
  readonly all: readonly TargetedConfiguration[];
  readonly planner: ConfigurationPlanner;
}

/** Room: automatic configurations and edge deployments. */
export class Configurations {
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #metrics: ConfigurationMetrics;
  readonly #scheduler: ConfigurationScheduler;
  readonly #applier: ConfigurationApplier;
  readonly #atOnce: boolean;
  readonly #configurations = new StateMap<Configuration>();
  /** Results of the last round, where there are rounds. */
  readonly #counted = new StateMap<Counted>();
  /** Every id that a configuration of this hub ever had, with the latest `order`: other ids in twins come from imports. */
  readonly #orders = new StateMap<number>();
  #targeted: readonly TargetedConfiguration[] = [];

  /** `interval`: ms between evaluations, 0 for after every change. */
  constructor(
    parts: {
      fleet: Fleet;
      registry: Registry;
      twins: Twins;
      actors: Actors;
      queries: Queries;
      scheduler: Scheduler;
      events: HubBus;
      clock: Clock;
      limits: Limits;
    },
    interval: number,
  ) {
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#atOnce = interval === 0;
    this.#metrics = new ConfigurationMetrics(parts);
    this.#applier = new ConfigurationApplier(parts, (id) => this.#orders.has(id));
    const count = new RoundCount(parts.scheduler, parts.clock, { metrics: this.#metrics, results: this.#counted });
    this.#scheduler = new ConfigurationScheduler(parts, {
      interval,
      applier: this.#applier,
      all: () => this.#targeted,
      finished: () => count.begin(() => this.list()),
    });
  }

  get spaces() {
    return [
      keySpace('configurations', this.#configurations),
      keySpace('configuration-orders', this.#orders),
      keySpace('configuration-results', this.#counted),
      ...this.#scheduler.spaces,
    ];
  }

  /**
   * Without `ifMatch` creates, with it replaces all but the content, which never changes.
   * Throws ArgumentInvalid, InvalidConfigurationContent, InvalidConfigurationTargetCondition,
   * InvalidConfigurationCustomMetricsQuery, ConfigurationAlreadyExists, ConfigurationCountLimitExceeded,
   * ConfigurationNotFound, PreconditionFailed.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
   */
  put(id: string, body: Json, ifMatch?: IfMatch): Configuration {
    const next = this.#next(id, body, ifMatch);
    if (ifMatch === undefined) this.#orders.set(id, next.order);
    return this.#set(next, ifMatch === undefined ? 'created' : 'replaced');
  }

  /** What `put` would store, and what would be planned with it: as a new configuration, or in place of that with its id. */
  trial(id: string, body: Json): ConfigurationTrial {
    const configuration = this.#next(id, body, this.#configurations.has(id) ? '*' : undefined);
    const others = this.list().filter((one) => one.id !== id);
    return {
      configuration,
      all: this.#targeting([...others, configuration]),
      planner: this.#applier.planner.knowing(id),
    };
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

  /** Removes a configuration; what it wrote into twins stays. Throws ConfigurationNotFound, PreconditionFailed. */
  delete(id: string, ifMatch?: IfMatch): void {
    const configuration = this.get(id);
    demandMatch(configuration, ifMatch);
    this.#configurations.delete(id);
    this.#counted.delete(id);
    this.#events.publish({ type: 'configuration.deleted', configuration });
    this.#renew();
  }

  /**
   * Writes the modules of one edge device at once.
   * Throws DeviceNotFound, InvalidConfigurationContent, ArgumentInvalid for a device that is not an edge device.
   * https://learn.microsoft.com/rest/api/iothub/service/configuration/apply-on-edge-device
   */
  applyContent(deviceId: string, body: Json): void {
    this.#applier.applyOnce(deviceId, readEdgeContent(body, this.#limits));
  }

  /** The document with its metrics. */
  render(configuration: Configuration): JsonObject {
    return drain(this.rendering(configuration));
  }

  /** As `render`; yields between short slices, as metrics look at every twin. */
  *rendering(configuration: Configuration): Generator<void, JsonObject> {
    const counted = this.#atOnce ? yield* this.#metrics.count(configuration) : this.#counted.get(configuration.id);
    return renderConfiguration(configuration, counted);
  }

  /**
   * Checks a target condition and metrics, and keeps neither. Throws ArgumentInvalid.
   * https://learn.microsoft.com/rest/api/iothub/service/configuration/test-queries
   */
  testQueries(body: Json): JsonObject {
    return testQueries(body, this.#limits);
  }

  /** Call after configurations were loaded or restored. */
  resume(): void {
    this.#compile();
  }

  /** Throws as `put` does. */
  #next(id: string, body: Json, ifMatch: IfMatch): Configuration {
    const spec = readConfiguration(id, body, this.#limits);
    const now = this.#clock.now();
    if (ifMatch === undefined) {
      if (this.#configurations.has(id))
        throw new HubError('ConfigurationAlreadyExists', `A configuration with ID '${id}' already exists.`);
      if (this.#configurations.size >= this.#limits.configurations)
        throw new HubError(
          'ConfigurationCountLimitExceeded',
          `The hub holds ${this.#limits.configurations} configurations.`,
        );
      this.#check(spec);
      const order = 1 + Math.max(0, ...this.#orders.values());
      return { ...spec, id, createdAt: now, updatedAt: now, order, etag: 1 };
    }
    const known = this.get(id);
    demandMatch(known, ifMatch);
    const next = { ...known, ...spec, content: known.content, updatedAt: now, etag: known.etag + 1 };
    this.#check(next);
    return next;
  }

  #check({ content, targetCondition, metrics }: ConfigurationSpec): void {
    const { from } = targetSelection(targetCondition);
    const isAll = targetCondition === '' || targetCondition === '*';
    if (!isAll && (from === 'devices.modules') !== (content.kind === 'module'))
      throw new HubError('InvalidConfigurationTargetCondition', 'BadRequest', {
        hint: 'moduleContent needs a condition `from devices.modules where …`, other content one without it',
      });
    for (const query of Object.values(metrics)) parseMetric(query, this.#limits);
  }

  #set(configuration: Configuration, verb: 'created' | 'replaced'): Configuration {
    this.#configurations.set(configuration.id, configuration);
    this.#events.publish({ type: `configuration.${verb}`, configuration });
    this.#renew();
    return configuration;
  }

  #renew(): void {
    this.#compile();
    this.#scheduler.renew();
  }

  #compile(): void {
    this.#targeted = this.#targeting(this.list());
  }

  #targeting(configurations: readonly Configuration[]): readonly TargetedConfiguration[] {
    return [...configurations].sort(byPrecedence).map((configuration) => ({
      configuration,
      selection: targetSelection(configuration.targetCondition, this.#limits),
    }));
  }
}

const demandMatch = (configuration: Configuration, ifMatch: IfMatch): void => {
  const etag = configurationEtag(configuration);
  if (matches(ifMatch, etag)) return;
  throw new HubError('PreconditionFailed', `Precondition failed: Configuration ${configuration.id} has another etag`);
};
