import { isObject, type Json } from '../../../protocol/json.ts';
import type { VirtualClock } from '../../kernel/clock.ts';
import { copyOf } from '../../kernel/state-map.ts';
import type { Row } from '../../kernel/store.ts';
import type { HubChange } from '../changes.ts';
import type { Published } from '../events.ts';
import { actorFrom } from '../history/actors.ts';
import type { Hub } from '../hub.ts';
import type { NoticeReader } from '../messaging/notices.ts';
import type { OpenCall } from '../messaging/open-call.ts';
import type { Listening, Session } from '../messaging/session.ts';
import { KEPT, resumeRooms } from '../snapshots/snapshot.ts';
import { type PortDescription, readArgument } from './arguments.ts';
import { readRoom } from './beginning.ts';
import { inputsOf } from './inputs.ts';
import { digestOf } from './recorder.ts';
import {
  canonicalText,
  type PortCall,
  type TraceEvent,
  type TraceHead,
  type TraceInput,
  type TraceLine,
} from './trace.ts';

/** The first event that is another one than in the trace. */
export interface Deviation {
  /** The input that caused it. */
  readonly input: number;
  readonly expected: TraceEvent['event'] | undefined;
  /** What happened instead. */
  readonly actual: Published | undefined;
}

/** A way off the trace. */
export interface Detour {
  /** `run` lets an input happen, and gives what it returned; undefined if it was refused. */
  input(input: TraceInput, run: (input: TraceInput) => unknown): void;
  /** Something is sent to a client, `key` undefined: to one that reads feedback. False: it does not get it. */
  deliver(key: string | undefined, message: unknown): boolean;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Does to a hub what a trace says, line by line. The hub must be new, with a virtual clock at the time of the head. */
export class Player {
  readonly #hub: Hub;
  readonly #clock: VirtualClock;
  readonly #methods: ReadonlyMap<string, { readonly room: Record<string, unknown>; readonly method: string }>;
  readonly #ports = new Map<number, unknown>();
  /** How many messages each port took when it was asked last. */
  readonly #credits = new Map<number, unknown>();
  /** Undefined: all is done as the trace says. */
  detour: Detour | undefined;
  readonly #events: Published[] = [];
  /** What ports still have to be asked within the present input. */
  #calls: PortCall[] = [];
  /** What ports were not asked yet within the latest input, of which the rest may come. */
  #left: PortCall[] = [];
  #head: TraceHead | undefined;
  #isLoading = true;
  /** The rows of a restore that is read. */
  #restored: Map<string, Row<unknown>[]> | undefined;
  #offset = 0;
  #input = 0;
  #deviation: Deviation | undefined;

  constructor(hub: Hub, clock: VirtualClock) {
    this.#hub = hub;
    this.#clock = clock;
    this.#methods = new Map(inputsOf(hub).map((row) => [row.op, row]));
    hub.events.listen((event) => this.#isLoading || this.#events.push(event));
  }

  /** The number of the latest input. */
  get input(): number {
    return this.#input;
  }

  /** The numbers that lines have for sessions and readers. */
  get ports(): ReadonlyMap<number, unknown> {
    return this.#ports;
  }

  /** The number that the latest event has in the trace. */
  get event(): number {
    return this.#hub.events.sequence + this.#offset;
  }

  /** Undefined as long as all events are those of the trace. */
  get deviation(): Deviation | undefined {
    return this.#deviation;
  }

  play(line: TraceLine): void {
    if ('trace' in line) this.#head = line;
    else if ('row' in line) this.#load(line.row);
    else if ('restored' in line) this.#restore(line.at);
    else if ('input' in line) {
      this.#ready();
      if (!line.goesOn) this.#demandNone();
      this.#input = line.input;
      this.#clock.set(line.at);
      if (this.detour === undefined) this.#run(line);
      else this.detour.input(line, (input) => this.#run(input));
    } else if ('event' in line) {
      this.#ready();
      this.#compare(line.event);
    } else {
      this.#ready();
      this.#demandNone();
    }
  }

  /** Call after the last line. */
  finish(): void {
    this.#ready();
    this.#demandNone();
  }

  #load([space, key, value, place]: readonly [string, string, Json, number | null]): void {
    const { fromJson } = this.#hub.changes.space(space);
    if (this.#restored !== undefined) {
      this.#restored.get(space)?.push({ key, value: this.#known(space, key, value), place: place ?? undefined });
      return;
    }
    const change = { space, key, value: fromJson(value), ...(place === null ? {} : { place }) };
    this.#hub.changes.load(change as HubChange); // the space reads its own values
  }

  /** The rows of the whole state are there. */
  #ready(): void {
    if (this.#restored !== undefined) this.#finishRestore(this.#restored);
    if (!this.#isLoading || this.#head === undefined) return;
    for (const open of this.#head.sessions) this.#adopt(open);
    for (const call of this.#head.calls) this.#adoptCall(this.#read(call) as OpenCall); // as the recorder wrote it
    for (const { of, holder, reader } of this.#head.readers ?? [])
      readRoom(this.#hub, of).adopt(holder, this.#read(reader) as NoticeReader<unknown>); // as the recorder wrote it
    this.#hub.resume({ goesOn: true });
    this.#isLoading = false;
    this.#offset = this.#head.event - this.#hub.events.sequence;
  }

  #restore(at = this.#clock.now()): void {
    this.#ready();
    this.#clock.set(at);
    this.#restored = new Map(KEPT.map((name) => [name, []]));
  }

  /** As `restoreSnapshot` does, whose first steps are inputs of their own. */
  #finishRestore(rows: ReadonlyMap<string, readonly Row<unknown>[]>): void {
    this.#restored = undefined;
    for (const [space, its] of rows) this.#hub.changes.space(space).restore(copyOf(its));
    resumeRooms(this.#hub);
    this.#hub.history.clear();
  }

  /** The value that the hub has already, if it is the same: a restore changes what differs only. */
  #known(name: string, key: string, value: Json): unknown {
    const { toNamedJson, fromJson, copy } = this.#hub.changes.space(name);
    const present = copy().find(key);
    return present !== undefined && canonicalText(toNamedJson(present)) === canonicalText(value)
      ? present
      : fromJson(value);
  }

  #adopt(open: Json): void {
    if (!isObject(open) || open.session === undefined) return;
    const session = this.#read(open.session) as Session; // as the recorder wrote it
    this.#hub.sessions.adopt(session, open.listening as unknown as Listening); // plain data of a hub
  }

  #adoptCall(call: OpenCall): void {
    const { key, jobId } = call;
    const { methods, jobs } = this.#hub;
    methods.adopt(call, (outcome) => jobId !== undefined && jobs.receive(jobId, key, outcome));
  }

  #run({ op, args = [], by, calls = [], goesOn }: TraceInput): unknown {
    const outer = this.#calls;
    this.#calls = goesOn ? this.#left : [...calls];
    try {
      const given = args.map((value) => this.#read(value));
      if (op === 'timers') return this.#clock.turn();
      if (op === 'clock.advance') return this.#clock.advance(Number(given[0]));
      if (by === undefined) return this.#call(op, given);
      return this.#hub.actors.as(actorFrom(by), () => this.#call(op, given));
    } catch {
      return undefined; // a refusal is part of the run
    } finally {
      this.#left = this.#calls;
      this.#calls = outer;
    }
  }

  #call(op: string, args: readonly unknown[]): unknown {
    const found = this.#methods.get(op);
    if (found === undefined) throw new RangeError(`This emulator has no ${op}`);
    const { room, method } = found;
    const result = (room[method] as AnyFunction).apply(room, [...args]);
    if (result instanceof Promise) result.catch(() => {});
    return result;
  }

  #read(value: Json): unknown {
    return readArgument(value, (description) => this.#port(description));
  }

  #port(description: PortDescription): unknown {
    const { $port, has, key, protocol } = description;
    const known = this.#ports.get($port);
    if (known !== undefined) return known;
    const port = {
      ...(key === undefined ? {} : { key, protocol }),
      ...Object.fromEntries(has.map((name) => [name, (message: unknown) => this.#answer(name, description, message)])),
    };
    this.#ports.set($port, port);
    return port;
  }

  /** A port answers as it did, and does what its client did then. */
  #answer(name: string, { $port, key }: PortDescription, message: unknown): unknown {
    const arrives = name !== 'deliver' || this.detour === undefined || this.detour.deliver(key, message);
    if (this.#calls[0]?.call !== name) return name === 'credit' ? (this.#credits.get($port) ?? 0) : undefined;
    const { inputs = [], gave } = this.#calls.shift() ?? {};
    if (name === 'credit') this.#credits.set($port, gave);
    if (!arrives) return gave;
    const rest = this.#calls;
    for (const input of inputs) this.#run(input);
    this.#calls = rest;
    return gave;
  }

  #compare(expected: TraceEvent['event']): void {
    const actual = this.#events.shift();
    if (this.#deviation !== undefined) return;
    if (actual !== undefined && `${digestOf(actual, actual.sequence + this.#offset)}` === `${expected}`) return;
    this.#deviation = { input: this.#input, expected, actual };
  }

  /** All events of an input stand right after it. */
  #demandNone(): void {
    const actual = this.#events.shift();
    if (actual === undefined) return;
    this.#deviation ??= { input: this.#input, expected: undefined, actual };
    this.#events.length = 0;
  }
}
