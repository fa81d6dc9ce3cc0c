import { HubError } from '../../protocol/errors.ts';
import type { FaultEffect, FaultOperation, FaultRule } from '../../protocol/fault.ts';
import { type IdentityKey, nameOf } from '../../protocol/identity-key.ts';
import type { Clock } from './clock.ts';
import type { Bus } from './events.ts';
import { Random } from './ids.ts';

/** An operation on its way, as a server knows it. */
export interface Attempt {
  readonly operation: FaultOperation;
  /** Unknown as long as nothing was said. */
  readonly protocol?: string;
  readonly key?: IdentityKey | undefined;
  readonly methodName?: string | undefined;
  readonly path?: string | undefined;
}

/** A rule at work: how often it matched and how often it struck. */
export interface ActiveFault extends FaultRule {
  readonly id: string;
  readonly addedAt: number;
  readonly matched: number;
  readonly struck: number;
}

/** Room: what shall go wrong, and when. */
export class Faults {
  readonly #clock: Clock;
  readonly #events: Bus;
  readonly #seed: number;
  readonly #first: readonly FaultRule[];
  #rules = new Map<string, ActiveFault>();
  #random: Random;
  #added = 0;

  /** `rules`: at work from the beginning, and again after `reset`. */
  constructor(parts: { clock: Clock; events: Bus; seed: number; rules: readonly FaultRule[] }) {
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#seed = parts.seed;
    this.#random = new Random(parts.seed + 3);
    this.#first = parts.rules;
    this.reset();
  }

  /** Adds a rule, or replaces the one of the same id; gives its id. */
  add(rule: FaultRule): string {
    this.#added += 1;
    const id = rule.id ?? `fault-${this.#added}`;
    this.#rules.set(id, { ...rule, id, addedAt: this.#clock.now(), matched: 0, struck: 0 });
    return id;
  }

  remove(id: string): boolean {
    return this.#rules.delete(id);
  }

  clear(): void {
    this.#rules = new Map();
    this.#random = new Random(this.#seed + 3);
    this.#added = 0;
  }

  /** Back to the rules of the beginning. */
  reset(): void {
    this.clear();
    for (const rule of this.#first) this.add(rule);
  }

  list(): ActiveFault[] {
    return [...this.#rules.values()];
  }

  get active(): boolean {
    return this.#rules.size > 0;
  }

  /** True if a rule is for `operation` by name. */
  concern(operation: FaultOperation): boolean {
    for (const { match } of this.#rules.values()) if (match.operation === operation) return true;
    return false;
  }

  /** What shall happen to `attempt`, if anything: the first rule that strikes. It counts, so ask once. */
  strike(attempt: Attempt): FaultEffect | undefined {
    if (this.#rules.size === 0) return undefined;
    for (const rule of this.#rules.values()) {
      if (!this.#open(rule) || !fits(rule, attempt)) continue;
      const counted = { ...rule, matched: rule.matched + 1 };
      const strikes = this.#strikes(counted);
      this.#rules.set(rule.id, strikes ? { ...counted, struck: rule.struck + 1 } : counted);
      if (!strikes) continue;
      this.#events.publish({
        type: 'fault.injected',
        key: attempt.key ?? '',
        rule: rule.id,
        operation: attempt.operation,
        effect: rule.effect,
      });
      return rule.effect;
    }
    return undefined;
  }

  #open({ window, addedAt }: ActiveFault): boolean {
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
    return match.probability === undefined || this.#random.next() / 2 ** 32 < match.probability;
  }
}

/** The hub's own answer for an effect that is one. */
export const faultError = (effect: FaultEffect): HubError | undefined => {
  if (effect.type === 'error')
    return new HubError(effect.code, effect.message ?? effect.code, { hint: 'injected fault', status: effect.status });
  if (effect.type === 'throttle')
    return new HubError('ThrottlingBacklogTimeout', 'The request has been throttled. Wait 10 seconds and try again.', {
      hint: 'injected fault',
    });
  return undefined;
};

const fits = ({ match }: ActiveFault, attempt: Attempt): boolean => {
  const { deviceId, moduleId } = attempt.key === undefined ? {} : nameOf(attempt.key);
  return (
    // a handshake is nobody's: a rule for anything means what is said afterwards
    (match.operation === attempt.operation || (match.operation === undefined && attempt.operation !== 'handshake')) &&
    (match.protocol === undefined || match.protocol === attempt.protocol) &&
    like(match.device, deviceId) &&
    like(match.module, moduleId) &&
    like(match.methodName, attempt.methodName) &&
    like(match.path, attempt.path)
  );
};

/** `*` stands for any text; no regular expression is made of what a user wrote. */
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
