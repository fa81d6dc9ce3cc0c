import { parseDuration } from '../../protocol/duration.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';
import type { Registry } from './registry.ts';
import type { Aimed, Rollout } from './rollout.ts';

/** Where a round over the whole fleet is. */
interface Round {
  readonly table: 'devices' | 'modules';
  readonly slot: number;
  /** The configurations have changed since the last round. */
  readonly anew: boolean;
}

export interface EvaluationState {
  readonly round: Round | undefined;
  readonly changed: readonly IdentityKey[];
  readonly anew: boolean;
}

// steps of a round, some milliseconds each: others get their turn in between
const ROWS_PER_STEP = 250;
const CHANGES_PER_STEP = 200;

// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management: "shortly after creation"
const FIRST_AFTER_MS = 5_000;

/** Reads `immediate` or `every:5m` as milliseconds between rounds, 0 for none; undefined for anything else. */
export const readCadence = (text: string): number | undefined => {
  if (text === 'immediate') return 0;
  return (text.startsWith('every:') && parseDuration(text.slice(6))) || undefined;
};

/** Room: when which twin is held against the configurations: after every change, or in rounds. */
export class Evaluation {
  readonly #fleet: Fleet;
  readonly #registry: Registry;
  readonly #agenda: Agenda;
  readonly #clock: Clock;
  readonly #rollout: Rollout;
  readonly #aimed: () => readonly Aimed[];
  readonly #interval: number;
  readonly #finished: () => void;
  readonly #changed = new Set<IdentityKey>();
  #round: Round | undefined;
  #anew = false;

  /** `interval`: ms between rounds, 0 for at once; `aimed`: all configurations, winning ones first. */
  constructor(
    parts: { fleet: Fleet; registry: Registry; agenda: Agenda; clock: Clock },
    plan: { interval: number; rollout: Rollout; aimed: () => readonly Aimed[]; finished: () => void },
  ) {
    this.#fleet = parts.fleet;
    this.#registry = parts.registry;
    this.#agenda = parts.agenda;
    this.#clock = parts.clock;
    this.#rollout = plan.rollout;
    this.#aimed = plan.aimed;
    this.#interval = plan.interval;
    this.#finished = plan.finished;
    this.#agenda.on('configurations', (key) => (key === 'round' ? this.#begin() : this.#step()));
    if (this.#interval > 0) return;
    for (const table of [this.#fleet.devices, this.#fleet.modules])
      table.watch((_, before, after) => this.#notice(before, after));
  }

  /** True while twins may still bear marks of configurations that are gone. */
  get isPending(): boolean {
    return this.#anew || this.#round !== undefined;
  }

  /** The configurations are others than before. */
  renew(): void {
    this.#anew = true;
    if (this.#interval === 0) this.#begin();
    else this.#agenda.put({ at: this.#clock.now() + FIRST_AFTER_MS, kind: 'configurations', key: 'round' });
  }

  state(): EvaluationState {
    return { round: this.#round, changed: [...this.#changed], anew: this.#anew };
  }

  restore(state: EvaluationState): void {
    this.#round = state.round;
    this.#anew = state.anew;
    this.#changed.clear();
    for (const key of state.changed) this.#changed.add(key);
  }

  /** Of what conditions see, only these parts of a twin change. */
  #notice(before: Member | undefined, after: Member | undefined): void {
    if (after === undefined || (this.#aimed().length === 0 && after.twin.configurations === undefined)) return;
    if (
      before?.twin.tags === after.twin.tags &&
      before?.twin.reported === after.twin.reported &&
      before?.identity === after.identity
    )
      return;
    this.#changed.add(after.key);
    if (after.identity.iotEdge) for (const module of this.#registry.modules(after.key)) this.#changed.add(module.key);
    if (this.#round === undefined) this.#soon();
  }

  #begin(): void {
    this.#round = { table: 'devices', slot: 0, anew: this.#anew };
    this.#anew = false;
    this.#soon();
  }

  #soon(): void {
    this.#agenda.put({ at: this.#clock.now(), kind: 'configurations', key: 'step' });
  }

  #step(): void {
    if (this.#round !== undefined) this.#goRound(this.#round);
    else this.#followChanges();
    if (this.#round !== undefined || this.#changed.size > 0) this.#soon();
  }

  #goRound(round: Round): void {
    const table = this.#fleet[round.table];
    const end = Math.min(round.slot + ROWS_PER_STEP, table.end);
    for (let slot = round.slot; slot < end; slot++) {
      const member = table.at(slot);
      if (member !== undefined) this.#bring(member, round.anew);
    }
    if (end < table.end) this.#round = { ...round, slot: end };
    else if (round.table === 'devices') this.#round = { ...round, table: 'modules', slot: 0 };
    else this.#finish();
  }

  #followChanges(): void {
    let left = CHANGES_PER_STEP;
    for (const key of this.#changed) {
      if (left-- === 0) return;
      this.#changed.delete(key);
      const member = this.#fleet.find(key);
      if (member !== undefined) this.#bring(member, false);
    }
  }

  #bring(member: Member, anew: boolean): void {
    const aimed = this.#aimed();
    if (aimed.length > 0 || member.twin.configurations !== undefined) this.#rollout.bring(member, aimed, anew);
  }

  #finish(): void {
    this.#round = undefined;
    this.#finished();
    if (this.#interval > 0 && this.#aimed().length > 0)
      this.#agenda.put({ at: this.#clock.now() + this.#interval, kind: 'configurations', key: 'round' });
  }
}
