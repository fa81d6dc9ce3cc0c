import type { JsonObject } from '../../protocol/json.ts';
import { hubBuilder } from '../hosting/build-hub.ts';
import { noFileStorage } from '../hub/files/file-storage.ts';
import { readMoment } from '../hub/history/past.ts';
import type { Moment } from '../hub/history/version.ts';
import type { Hub } from '../hub/hub.ts';
import { noBlobs } from '../hub/hub-options.ts';
import type { Egress } from '../hub/routing/egress.ts';
import { jobSelection } from '../hub/selection.ts';
import { exportFleet } from '../hub/snapshots/fleet-document.ts';
import { type Deviation, Player } from '../hub/trace/player.ts';
import {
  hashOf,
  MASK,
  maskedText,
  type TraceEnd,
  type TraceHead,
  type TraceInput,
  type TraceLine,
} from '../hub/trace/trace.ts';
import { renderTwin } from '../hub/twins/twin-document.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { silentLog } from '../log.ts';
import { parseOptions } from '../options.ts';
import { readTrace } from './trace-file.ts';

/** Where a replay stops, and who follows it. */
export interface ReplayOptions {
  /** The last moment: a time in ISO 8601, or the number of an event. */
  readonly until?: string | undefined;
  /** A condition on twins, as jobs have it: the replay stops right after the input that makes it true. */
  readonly breakOn?: string | undefined;
  /** Stops at the first event that is not that of the trace. */
  readonly compares?: boolean | undefined;
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
}

export type { Deviation, TraceInput };

/** Plays a trace. Throws UsageError for a file that is not one, HubError for a condition or a moment that is not valid. */
export const replay = async (file: string, options: ReplayOptions = {}): Promise<Replayed> => {
  let run: Run | undefined;
  for await (const line of readTrace(file)) {
    run ??= new Run(line as TraceHead, options); // the reader has checked the first line
    if (run.isPast(line)) break;
    run.play(line);
    if ('input' in line) await options.each?.(line);
    if (run.stopped !== 'end') break;
  }
  if (run === undefined) throw new Error('A trace has a first line'); // which the reader demands
  return run.result();
};

/** Takes everything and delivers nothing. */
const heldEgress: Egress = { refuse: () => undefined, send: () => () => {} };

class Run {
  readonly hub: Hub;
  stopped: Replayed['stopped'] = 'end';
  readonly #clock: VirtualClock;
  readonly #player: Player;
  readonly #options: ReplayOptions;
  readonly #until: Moment | undefined;
  #key: string | undefined;
  #end: TraceEnd['end'] | undefined;

  constructor({ at, options: settings }: TraceHead, options: ReplayOptions) {
    this.#options = options;
    this.#until = options.until === undefined ? undefined : readMoment(options.until);
    this.#clock = new VirtualClock(at);
    // a replay sends nothing to any server
    const build = hubBuilder(parseOptions(settings), {
      log: silentLog,
      closing: new AbortController().signal,
      fileStorage: noFileStorage,
    });
    this.hub = build({ clock: this.#clock, derive: () => MASK, egress: heldEgress, blobTransfer: noBlobs });
    this.#player = new Player(this.hub, this.#clock);
    if (options.breakOn !== undefined) this.#watch(options.breakOn);
  }

  /** The line is an input after the last moment. */
  isPast(line: TraceLine): boolean {
    const until = this.#until;
    if (until === undefined || !('input' in line)) return false;
    const isPast = 'at' in until ? line.at > until.at : this.#player.event >= until.event;
    if (isPast) this.stopped = 'until';
    return isPast;
  }

  play(line: TraceLine): void {
    this.#player.play(line);
    if ('end' in line) this.#end = line.end;
    if (this.#key !== undefined) this.stopped = 'break';
    else if (this.#options.compares && this.#player.deviation !== undefined) this.stopped = 'deviation';
  }

  result(): Replayed {
    if (this.stopped === 'end') this.#player.finish();
    const end = this.stopped === 'end' ? this.#end : undefined;
    const { input: inputs, event, deviation } = this.#player;
    return {
      ...{ hub: this.hub, clock: this.#clock, inputs, event, stopped: this.stopped, key: this.#key, deviation },
      twin: this.#key === undefined ? undefined : renderTwin(this.hub.fleet.get(this.#key)),
      export: () => exportFleet(this.hub),
      isEqual: end && end.export === hashOf(maskedText(exportFleet(this.hub))),
    };
  }

  #watch(condition: string): void {
    const { from, matches } = jobSelection(condition, this.hub.limits);
    const table = from === 'devices' ? this.hub.fleet.devices : this.hub.fleet.modules;
    table.watch((_, __, member) => {
      if (this.#key === undefined && member !== undefined && matches(member)) this.#key = member.key;
    });
  }
}
