import type { FaultRule } from '../../../protocol/fault.ts';
import type { VirtualClock } from '../../kernel/clock.ts';
import type { HubEvent, Published } from '../events.ts';
import type { ActiveFault } from '../faults.ts';
import { type Difference, differences } from '../history/differences.ts';
import type { Hub } from '../hub.ts';
import { writeArgument } from './arguments.ts';
import { ChangedRun } from './changed-run.ts';
import type { Detour, Player } from './player.ts';
import { Tokens } from './tokens.ts';
import { canonicalText, type TraceInput, type TraceLine } from './trace.ts';

/** Where two runs first differ. */
export interface FirstDifference {
  /** The input that caused it. */
  readonly input: number;
  /** What happened in the recorded run; undefined if nothing did. */
  readonly recorded: Published | undefined;
  /** What happens instead; undefined if nothing does. */
  readonly instead: Published | undefined;
}

/** What is different with other faults. */
export interface Changes {
  /** The first event that differs; undefined if none does. Events of the faults themselves do not count. */
  readonly first: FirstDifference | undefined;
  /** How often events happened, where that differs. */
  readonly events: readonly { readonly type: string; readonly recorded: number; readonly instead: number }[];
  /** What differs in twins and identities at the end: `before` in the recorded run, `after` in the other one. */
  readonly twins: readonly (Difference & { readonly key: string })[];
  /** The rules, with how often they applied. */
  readonly faults: readonly ActiveFault[];
  /** Operations that were still delayed at the end. */
  readonly delayed: number;
}

interface Way {
  readonly hub: Hub;
  readonly player: Player;
  readonly clock: VirtualClock;
}

/** Plays a trace in two hubs that have come to the same moment: as it was recorded, and with other faults. */
export class WhatIf {
  readonly #recorded: Way;
  readonly #changed: Way;
  readonly #run: ChangedRun;
  readonly #observer = new Observer();
  readonly #events: readonly [Published[], Published[]] = [[], []];
  readonly #counts = new Map<string, { recorded: number; instead: number }>();
  #first: FirstDifference | undefined;

  constructor(recorded: Way, changed: Way, rules: readonly FaultRule[]) {
    this.#recorded = recorded;
    this.#changed = changed;
    this.#run = new ChangedRun(changed.hub, changed.clock, rules);
    recorded.player.detour = this.#observer;
    changed.player.detour = this.#run;
    recorded.hub.events.listen((event) => this.#events[0].push(event));
    changed.hub.events.listen((event) => this.#events[1].push(event));
  }

  play(line: TraceLine): void {
    this.#recorded.player.play(line);
    this.#changed.player.play(line);
    this.#run.tokens.match(this.#observer.tokens.take(), this.#run.tokens.take());
    this.#compare('input' in line ? line.input : this.#recorded.player.input);
  }

  changes(): Changes {
    const keys = new Set([...keysOf(this.#recorded.hub), ...keysOf(this.#changed.hub)]);
    return {
      first: this.#first,
      events: [...this.#counts]
        .filter(([, { recorded, instead }]) => recorded !== instead)
        .map(([type, counts]) => ({ type, ...counts })),
      twins: [...keys].flatMap((key) =>
        differences(this.#recorded.hub.fleet.find(key), this.#changed.hub.fleet.find(key)).map((one) => ({
          key,
          ...one,
        })),
      ),
      faults: this.#run.faults,
      delayed: this.#run.held,
    };
  }

  #compare(input: number): void {
    const [recorded, instead] = this.#events.map((events) => events.splice(0).filter(isOfHub));
    if (recorded === undefined || instead === undefined) return; // there are two
    for (const { type } of recorded) this.#count(type).recorded += 1;
    for (const { type } of instead) this.#count(type).instead += 1;
    if (this.#first !== undefined) return;
    for (let i = 0; i < Math.max(recorded.length, instead.length); i++) {
      if (textOf(recorded[i]) === textOf(instead[i])) continue;
      this.#first = { input, recorded: recorded[i], instead: instead[i] };
      return;
    }
  }

  #count(type: HubEvent['type']) {
    const counts = this.#counts.get(type) ?? { recorded: 0, instead: 0 };
    this.#counts.set(type, counts);
    return counts;
  }
}

/** Changes nothing. */
class Observer implements Detour {
  readonly tokens = new Tokens();

  input(input: TraceInput, run: (input: TraceInput) => unknown): void {
    this.tokens.noteResult(run(input));
  }

  deliver(key: string | undefined, message: unknown): boolean {
    this.tokens.note(key, message, true);
    return true;
  }
}

const isOfHub = ({ type }: Published): boolean => !type.startsWith('fault.');

const textOf = (event: Published | undefined): string => {
  if (event === undefined) return '';
  const { sequence: _, ...rest } = event;
  return canonicalText(writeArgument(rest, () => 0));
};

function* keysOf({ fleet }: Hub): Generator<string> {
  for (const { key } of fleet.devices.rows()) yield key;
  for (const { key } of fleet.modules.rows()) yield key;
}
