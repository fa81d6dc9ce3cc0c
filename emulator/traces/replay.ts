import type { FaultRule as Rule } from '../../protocol/fault.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { FaultRule } from '../fault-options.ts';
import { readMoment } from '../hub/history/past.ts';
import type { Moment } from '../hub/history/version.ts';
import type { Hub } from '../hub/hub.ts';
import { jobSelection } from '../hub/selection.ts';
import { exportFleet } from '../hub/snapshots/fleet-document.ts';
import type { Deviation } from '../hub/trace/player.ts';
import {
  hashOf,
  maskedText,
  type TraceEnd,
  type TraceHead,
  type TraceInput,
  type TraceLine,
} from '../hub/trace/trace.ts';
import { type Changes, WhatIf } from '../hub/trace/what-if.ts';
import { renderTwin } from '../hub/twins/twin-document.ts';
import type { VirtualClock } from '../kernel/clock.ts';
import { Missing } from './missing.ts';
import { readFaults } from './read-faults.ts';
import { readTrace } from './read-trace.ts';
import { openRun, type ReplayedRun } from './replayed-run.ts';

/** Where a replay stops, and who follows it. */
export interface ReplayOptions {
  /** The last moment: a time in ISO 8601, or the number of an event. */
  readonly until?: string | undefined;
  /** A condition on twins, as jobs have it: the replay stops right after the input that makes it true. */
  readonly breakOn?: string | undefined;
  /** Stops at the first event that is not that of the trace. */
  readonly compares?: boolean | undefined;
  /**
   * Faults with which the replay goes on to the end of the trace from the moment of `until` or `breakOn`, else from the beginning:
   * rules, or a file of them.
   */
  readonly then?: string | readonly FaultRule[] | undefined;
  /** Called after each input; the replay waits for it. */
  readonly each?: ((input: TraceInput) => void | Promise<void>) | undefined;
}

/** A hub as a trace has led to it. Its keys are zeros, since traces have none. */
export interface Replayed {
  /** As it is then, without servers. */
  readonly hub: Hub;
  /** Its time. */
  readonly clock: VirtualClock;
  /** How many inputs were played. */
  readonly inputs: number;
  /** The number of the latest event, as in the trace. */
  readonly event: number;
  /** Why it has stopped. */
  readonly stopped: 'end' | 'until' | 'break' | 'deviation';
  /** True if the moment of `until` is before the trace, so that its first state is the nearest one. */
  readonly beginsLater: boolean;
  /** False if the trace ended before the moment of `until`, and before the condition of `breakOn` was true. */
  readonly isReached: boolean;
  /** The device or module for which the condition holds. */
  readonly key: string | undefined;
  /** Its twin. */
  readonly twin: JsonObject | undefined;
  /** All twins and identities. */
  export(): JsonObject;
  /** The first event that is another one than in the trace. */
  readonly deviation: Deviation | undefined;
  /** Whether the export at the end is that of the trace; undefined if that is not known. */
  readonly isEqual: boolean | undefined;
  /** What the trace tells of, but does not have, in words: bytes in storage accounts outside of the hub. */
  readonly missing: readonly string[];
  /** With `then`: what is different from the recorded run. */
  readonly changes: Changes | undefined;
}

export type { Changes, Deviation, TraceInput };

/** Plays a trace. Throws UsageError for a file that is not one, HubError for a condition or a moment that is not valid. */
export const replay = async (file: string, options: ReplayOptions = {}): Promise<Replayed> => {
  const rules = options.then === undefined ? undefined : await readFaults(options.then);
  let run: Run | undefined;
  for await (const line of readTrace(file)) {
    run ??= new Run(line as TraceHead, { ...options, rules }); // the reader has checked the first line
    if (!(await run.take(line))) break;
  }
  if (run === undefined) throw new Error('A trace has a first line'); // which the reader demands
  return run.result();
};

interface RunOptions extends ReplayOptions {
  readonly rules: readonly Rule[] | undefined;
}

class Run {
  stopped: Replayed['stopped'] = 'end';
  readonly #recorded: ReplayedRun;
  /** With faults: the same until the moment from which they apply. */
  readonly #other: ReplayedRun | undefined;
  readonly #options: RunOptions;
  readonly #until: Moment | undefined;
  readonly #beginsLater: boolean;
  #whatIf: WhatIf | undefined;
  readonly #missing = new Missing();
  #key: string | undefined;
  #end: TraceEnd['end'] | undefined;

  constructor(head: TraceHead, options: RunOptions) {
    this.#options = options;
    this.#until = options.until === undefined ? undefined : readMoment(options.until);
    this.#recorded = openRun(head);
    this.#beginsLater = this.#until !== undefined && 'at' in this.#until && this.#until.at < this.#recorded.clock.now();
    this.#other = options.rules === undefined ? undefined : openRun(head);
    if (options.breakOn !== undefined) this.#watch(options.breakOn);
  }

  /** False if it goes no further. */
  async take(given: TraceLine): Promise<boolean> {
    for (const line of partsOf(given, this.#until)) {
      if (this.#isPast(line)) return false;
      this.#play(line);
      if ('input' in line && !line.goesOn) await this.#options.each?.(line);
      if (this.stopped !== 'end') return false;
    }
    return true;
  }

  /** The line is an input after the last moment. With faults they apply from then on. */
  #isPast(line: TraceLine): boolean {
    if (!('input' in line) || this.#whatIf !== undefined || !this.#hasPassed(line)) return false;
    return !this.#branches('until');
  }

  #play(line: TraceLine): void {
    if ('input' in line) this.#missing.note(line, this.#recorded.hub);
    if (this.#whatIf === undefined) {
      this.#recorded.player.play(line);
      this.#other?.player.play(line);
    } else this.#whatIf.play(line);
    if ('end' in line) this.#end = line.end;
    if (this.#whatIf !== undefined) return;
    if (this.#key !== undefined) this.#branches('break');
    else if (this.#options.compares && this.#recorded.player.deviation !== undefined) this.stopped = 'deviation';
  }

  result(): Replayed {
    for (const run of [this.#recorded, this.#other]) if (this.stopped === 'end') run?.player.finish();
    const end = this.stopped === 'end' ? this.#end : undefined;
    const { input: inputs, event, deviation } = this.#recorded.player;
    const { hub, clock } = this.#other ?? this.#recorded;
    const changes = this.#whatIf?.changes();
    return {
      ...{ hub, clock, inputs, event, stopped: this.stopped, key: this.#key, deviation, changes },
      beginsLater: this.#beginsLater,
      isReached: this.#isReached(),
      twin: this.#key === undefined ? undefined : renderTwin(hub.fleet.identify(this.#key)),
      export: () => exportFleet(hub),
      missing: this.#missing.texts,
      isEqual: end && changes === undefined ? end.export === hashOf(maskedText(exportFleet(hub))) : undefined,
    };
  }

  #isReached(): boolean {
    const until = this.#until;
    if (this.stopped !== 'end' || this.#whatIf !== undefined) return true;
    if (until === undefined) return this.#options.breakOn === undefined;
    const { clock, player } = this.#recorded;
    return 'at' in until ? clock.now() >= until.at : player.event >= until.event;
  }

  #hasPassed(line: TraceInput): boolean {
    const until = this.#until;
    if (until === undefined) return this.#options.rules !== undefined && this.#options.breakOn === undefined;
    return 'at' in until ? line.goesOn === true || line.at > until.at : this.#recorded.player.event >= until.event;
  }

  /** The moment is there: goes on with faults, or stops. */
  #branches(why: Replayed['stopped']): boolean {
    const { rules } = this.#options;
    if (rules === undefined || this.#other === undefined) {
      this.stopped = why;
      return false;
    }
    this.#whatIf = new WhatIf(this.#recorded, this.#other, rules);
    return true;
  }

  #watch(condition: string): void {
    const { hub } = this.#recorded;
    const { from, matches } = jobSelection(condition, hub.limits);
    const table = from === 'devices' ? hub.fleet.devices : hub.fleet.modules;
    table.watch((_, __, member) => {
      if (this.#key === undefined && member !== undefined && matches(member)) this.#key = member.key;
    });
  }
}

/** An advance of the clock beyond the last moment in two parts: up to that moment, and the rest. */
const partsOf = (line: TraceLine, until: Moment | undefined): readonly TraceLine[] => {
  if (!('input' in line) || line.op !== 'clock.advance' || until === undefined || !('at' in until)) return [line];
  const before = until.at - line.at;
  const ms = Number(line.args?.[0]);
  if (!(before >= 0 && before < ms)) return [line];
  return [
    { ...line, args: [before] },
    { ...line, at: until.at, args: [ms - before], goesOn: true },
  ];
};
