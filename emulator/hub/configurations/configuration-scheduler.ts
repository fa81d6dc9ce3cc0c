import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { parseDuration } from '../../kernel/duration.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Registry } from '../registry/registry.ts';
import type { ConfigurationApplier } from './configuration-applier.ts';
import type { TargetedConfiguration } from './configuration-plan.ts';

/** How far the evaluation of configurations is. */
export interface EvaluationProgress {
  /** The current round over the whole fleet, undefined between rounds. */
  readonly round: Round | undefined;
  /** Configurations were added, changed or removed since the last round began. */
  readonly isStale: boolean;
}

interface Round {
  readonly table: 'devices' | 'modules';
  /** The next slot to look at. */
  readonly slot: number;
  /** Twins are written even if the same configurations target them as before. */
  readonly isFull: boolean;
}

// a round works in steps of some milliseconds, so that other work gets its turn in between
const ROWS_PER_STEP = 250;
const CHANGES_PER_STEP = 200;

// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management: "shortly after creation"
const FIRST_AFTER_MS = 5_000;

const PROGRESS = 'progress';

/** Reads `immediate` or `every:5m` as milliseconds between rounds, 0 for none; undefined for anything else. */
export const readCadence = (text: string): number | undefined => {
  if (text === 'immediate') return 0;
  return (text.startsWith('every:') && parseDuration(text.slice(6))) || undefined;
};

/** Room: when configurations are evaluated, for which twins: after every change of a twin, or in rounds. */
export class ConfigurationScheduler {
  readonly #fleet: Fleet;
  readonly #registry: Registry;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #applier: ConfigurationApplier;
  readonly #all: () => readonly TargetedConfiguration[];
  readonly #interval: number;
  readonly #finished: () => void;
  readonly #state = new StateMap<EvaluationProgress>();
  /** Keys of twins that have changed since their evaluation. */
  readonly #changed = new StateMap<true>();

  /** `interval`: ms between rounds, 0 for after every change; `all`: the configurations, winning ones first. */
  constructor(
    parts: { fleet: Fleet; registry: Registry; scheduler: Scheduler; clock: Clock },
    plan: {
      interval: number;
      applier: ConfigurationApplier;
      all: () => readonly TargetedConfiguration[];
      finished: () => void;
    },
  ) {
    this.#fleet = parts.fleet;
    this.#registry = parts.registry;
    this.#scheduler = parts.scheduler;
    this.#clock = parts.clock;
    this.#applier = plan.applier;
    this.#all = plan.all;
    this.#interval = plan.interval;
    this.#finished = plan.finished;
    this.#scheduler.on('configurations', (key) => (key === 'round' ? this.#begin() : this.#step()));
    if (this.#interval === 0) this.#fleet.listen((before, after) => this.#noteChange(before, after));
  }

  get spaces() {
    return [keySpace('configuration-progress', this.#state), keySpace('configuration-queue', this.#changed)];
  }

  /** Call after a configuration was added, changed or removed. */
  renew(): void {
    this.#state.set(PROGRESS, { ...this.#progress, isStale: true });
    if (this.#interval === 0) this.#begin();
    else this.#scheduler.put({ at: this.#clock.now() + FIRST_AFTER_MS, kind: 'configurations', key: 'round' });
  }

  get #progress(): EvaluationProgress {
    return this.#state.get(PROGRESS) ?? IDLE;
  }

  /** Target conditions depend on tags, reported properties and the identity only. */
  #noteChange(before: Member | undefined, after: Member | undefined): void {
    if (after === undefined || (this.#all().length === 0 && after.twin.configurations === undefined)) return;
    if (
      before?.twin.tags === after.twin.tags &&
      before?.twin.reported === after.twin.reported &&
      before?.identity === after.identity
    )
      return;
    this.#changed.set(after.key, true);
    if (after.identity.iotEdge)
      for (const module of this.#registry.modules(after.key)) this.#changed.set(module.key, true);
    if (this.#progress.round === undefined) this.#soon();
  }

  #begin(): void {
    const round = { table: 'devices', slot: 0, isFull: this.#progress.isStale } as const;
    this.#state.set(PROGRESS, { round, isStale: false });
    this.#soon();
  }

  #soon(): void {
    this.#scheduler.put({ at: this.#clock.now(), kind: 'configurations', key: 'step' });
  }

  #step(): void {
    const { round } = this.#progress;
    if (round !== undefined) this.#goRound(round);
    else this.#followChanges();
    if (this.#progress.round !== undefined || this.#changed.size > 0) this.#soon();
  }

  #goRound(round: Round): void {
    const table = this.#fleet[round.table];
    const end = Math.min(round.slot + ROWS_PER_STEP, table.end);
    for (let slot = round.slot; slot < end; slot++) {
      const member = table.at(slot);
      if (member !== undefined) this.#apply(member, round.isFull);
    }
    if (end < table.end) this.#goOn({ ...round, slot: end });
    else if (round.table === 'devices') this.#goOn({ ...round, table: 'modules', slot: 0 });
    else this.#finish();
  }

  #goOn(round: Round | undefined): void {
    this.#state.set(PROGRESS, { ...this.#progress, round });
  }

  #followChanges(): void {
    let left = CHANGES_PER_STEP;
    for (const key of this.#changed.keys()) {
      if (left-- === 0) return;
      this.#changed.delete(key);
      const member = this.#fleet.find(key);
      if (member !== undefined) this.#apply(member, false);
    }
  }

  #apply(member: Member, isFull: boolean): void {
    const all = this.#all();
    if (all.length > 0 || member.twin.configurations !== undefined) this.#applier.apply(member, all, isFull);
  }

  #finish(): void {
    this.#goOn(undefined);
    this.#finished();
    if (this.#interval > 0 && this.#all().length > 0)
      this.#scheduler.put({ at: this.#clock.now() + this.#interval, kind: 'configurations', key: 'round' });
  }
}

const IDLE: EvaluationProgress = { round: undefined, isStale: false };
