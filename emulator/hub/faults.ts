import type { FaultEffect, FaultOperation, FaultRule } from '../../protocol/fault.ts';
import { nameOf } from '../../protocol/identity-key.ts';
import { keySpace } from '../kernel/change-feed.ts';
import type { Clock } from '../kernel/clock.ts';
import { Sequences } from '../kernel/sequences.ts';
import { StateMap } from '../kernel/state-map.ts';
import type { HubBus } from './events.ts';
import type { Operation } from './operation.ts';

/** A rule, with how many operations it matched and how many it struck. */
export interface ActiveFault extends FaultRule {
  readonly id: string;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly addedAt: number;
  readonly matched: number;
  readonly struck: number;
}

/** Room: which operations go wrong, and how. */
export class Faults {
  readonly #clock: Clock;
  readonly #events: HubBus;
  readonly #first: readonly FaultRule[];
  /** By id, in the order in which they are asked. */
  readonly #rules = new StateMap<ActiveFault>();
  readonly #sequences: Sequences;

  /** `rules`: those of the start, which `reset` brings back. */
  constructor(parts: { clock: Clock; events: HubBus; seed: number; rules: readonly FaultRule[] }) {
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#sequences = new Sequences({ chance: parts.seed + 3 });
    this.#first = parts.rules;
    for (const rule of parts.rules) this.#put(rule);
  }

  get spaces() {
    return [keySpace('faults', this.#rules), keySpace('fault-sequences', this.#sequences.state)];
  }

  /** Adds a rule, or replaces the one of the same id; gives its id. */
  add(rule: FaultRule): string {
    const { id, match, effect } = this.#put(rule);
    this.#events.publish({ type: 'fault.added', rule: id, match, effect });
    return id;
  }

  /** False if no rule has this id. */
  remove(id: string): boolean {
    if (!this.#rules.delete(id)) return false;
    this.#events.publish({ type: 'fault.removed', rule: id });
    return true;
  }

  /** Removes all rules. */
  clear(): void {
    this.#resetTo([]);
  }

  /** Back to the rules of the start. */
  reset(): void {
    this.#resetTo(this.#first);
  }

  list(): ActiveFault[] {
    return [...this.#rules.values()];
  }

  get active(): boolean {
    return this.#rules.size > 0;
  }

  /** True if a rule names `operation`. */
  concern(operation: FaultOperation): boolean {
    for (const { match } of this.#rules.values()) if (match.operation === operation) return true;
    return false;
  }

  /** The effect of the first rule that strikes `operation`, if one does. It counts, so ask once. */
  strike(operation: Operation): FaultEffect | undefined {
    if (this.#rules.size === 0) return undefined;
    for (const rule of this.#rules.values()) {
      if (!this.#isOpen(rule) || !fits(rule, operation)) continue;
      const counted = { ...rule, matched: rule.matched + 1 };
      const strikes = this.#strikes(counted);
      this.#rules.set(rule.id, strikes ? { ...counted, struck: rule.struck + 1 } : counted);
      if (!strikes) continue;
      this.tell(rule, operation);
      return rule.effect;
    }
    return undefined;
  }

  /** Tells that a fault strikes `operation`. */
  tell({ id, effect }: Pick<ActiveFault, 'id' | 'effect'>, { key = '', type }: Operation): void {
    this.#events.publish({ type: 'fault.injected', key, rule: id, operation: type, effect });
  }

  #put(rule: FaultRule): ActiveFault {
    const number = this.#sequences.count('added');
    const id = rule.id ?? `fault-${number}`;
    const active = { ...rule, id, addedAt: this.#clock.now(), matched: 0, struck: 0 };
    this.#rules.set(id, active);
    return active;
  }

  #resetTo(rules: readonly FaultRule[]): void {
    this.#rules.clear();
    this.#sequences.reset();
    for (const rule of rules) this.#put(rule);
    this.#events.publish({ type: 'fault.reset', rules: rules.length });
  }

  #isOpen({ window, addedAt }: ActiveFault): boolean {
    const elapsed = this.#clock.now() - addedAt;
    if (window === undefined) return true;
    return (
      elapsed >= window.afterMs && (window.durationMs === undefined || elapsed < window.afterMs + window.durationMs)
    );
  }

  #strikes({ match, matched, struck }: ActiveFault): boolean {
    if (match.nth !== undefined && matched < match.nth) return false;
    if (match.times !== undefined && struck >= match.times) return false;
    if (match.nth !== undefined && match.times === undefined && matched > match.nth) return false;
    return match.probability === undefined || this.#sequences.random('chance') / 2 ** 32 < match.probability;
  }
}

const fits = ({ match }: ActiveFault, operation: Operation): boolean => {
  const { type, protocol, key, methodName, path } = operation;
  const { deviceId, moduleId } = key === undefined ? {} : nameOf(key);
  return (
    // a rule without `operation` does not match handshakes, which have no identity yet
    (match.operation === type || (match.operation === undefined && type !== 'handshake')) &&
    (match.protocol === undefined || match.protocol === protocol) &&
    like(match.device, deviceId) &&
    like(match.module, moduleId) &&
    like(match.methodName, methodName) &&
    like(match.path, path)
  );
};

/** `*` stands for any text; what a user wrote never becomes a regular expression. */
const like = (pattern: string | undefined, text: string | undefined): boolean => {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
};
