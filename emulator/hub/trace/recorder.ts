import type { JsonObject } from '../../../protocol/json.ts';
import { VirtualClock } from '../../kernel/clock.ts';
import { FreezingClock } from '../../kernel/freezing-clock.ts';
import type { Published } from '../events.ts';
import { actorText } from '../history/actors.ts';
import type { Hub } from '../hub.ts';
import { exportFleet } from '../snapshots/fleet-document.ts';
import { KEPT } from '../snapshots/snapshot.ts';
import { PORT_METHODS, type Port, writeArgument } from './arguments.ts';
import { beginningOf, numberOfRows, rowsOf } from './beginning.ts';
import { inputsOf, neededOf } from './inputs.ts';
import { canonicalText, hashOf, maskedText, type PortCall, type TraceInput, type TraceLine } from './trace.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Writes down what a hub gets from outside, in order: the state at the beginning and every input since. */
export class Recorder {
  readonly #hub: Hub;
  readonly #write: (line: string) => void;
  readonly #undo: (() => void)[] = [];
  readonly #ports = new Map<Port, number>();
  /** Where what happens now belongs to: an input, or a port that an input asks. */
  #calls: PortCall[] | undefined;
  #nested: TraceInput[] | undefined;
  #isInside = false;
  #inputs = 0;
  #events: Published[] = [];

  /**
   * `options`: those that decide what the hub does. `write` gets one line of JSON at a time. What it throws for a line of the state
   * with which the trace begins is thrown, and nothing is recorded.
   */
  constructor(hub: Hub, { by, options, write }: { by: string; options: JsonObject; write: (line: string) => void }) {
    this.#hub = hub;
    this.#write = write;
    const { clock } = hub;
    if (clock instanceof FreezingClock) this.#follow(clock);
    try {
      const parts = { by, options, portNumber: (port: Port) => this.#portNumber(port) };
      for (const line of beginningOf(hub, parts)) this.#line(line);
    } catch (error) {
      this.#detach();
      throw error;
    }
    for (const { op, room, method } of inputsOf(hub))
      this.#replace(
        room,
        method,
        (original) =>
          (...args) =>
            this.#input(op, args, () => original(...args)),
      );
    if (clock instanceof VirtualClock)
      this.#replace(
        clock as unknown as Record<string, unknown>,
        'advance',
        (original) =>
          (...args) =>
            this.#input('clock.advance', args, () => original(...args)),
      );
    this.#undo.push(hub.events.listen((event) => this.#notice(event)));
  }

  /** How many inputs there were. */
  get inputs(): number {
    return this.#inputs;
  }

  /** Writes the end. The hub goes on without being recorded. */
  stop(): void {
    this.#detach();
    const { clock, events } = this.#hub;
    this.#line({
      end: {
        inputs: this.#inputs,
        event: events.sequence,
        at: clock.now(),
        export: hashOf(maskedText(exportFleet(this.#hub))),
      },
    });
  }

  #detach(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  /** The time stands still during an input, so that a replay finds the same one. */
  #follow(clock: FreezingClock): void {
    clock.follow((run) => this.#input('timers', [], run));
    // timers are due by `elapsed`, which follows another clock from then on
    const { scheduler } = this.#hub;
    scheduler.derive();
    this.#undo.push(() => {
      clock.follow(undefined);
      scheduler.derive();
    });
  }

  #replace(owner: Record<string, unknown>, name: string, by: (original: AnyFunction) => AnyFunction): void {
    const had = Object.getOwnPropertyDescriptor(owner, name);
    const original = owner[name] as AnyFunction; // the table lists functions only
    owner[name] = by((...args) => original.apply(owner, [...args]));
    this.#undo.push(() => {
      if (had === undefined) delete owner[name];
      else Object.defineProperty(owner, name, had);
    });
  }

  /** What one input does within the hub does not count as an input. */
  #input(op: string, args: readonly unknown[], run: () => unknown): unknown {
    if (this.#isInside || (op === 'events.publish' && isRestore(args))) return run();
    const { clock, actors } = this.#hub;
    if (clock instanceof FreezingClock) clock.freeze();
    const written = neededOf(op, args).map((value) => writeArgument(value, (port) => this.#portNumber(port)));
    const outer = this.#nested;
    const calls: PortCall[] = [];
    const { current, via } = actors;
    this.#inputs += 1;
    const input = {
      input: this.#inputs,
      at: clock.now(),
      op,
      ...(written.length === 0 ? {} : { args: written }),
      ...(current === undefined ? {} : { by: actorText(current) }),
      ...(via === undefined ? {} : { via }),
    };
    const before = this.#calls;
    this.#calls = calls;
    this.#isInside = true;
    try {
      return run();
    } finally {
      this.#isInside = false;
      this.#calls = before;
      const whole = calls.length === 0 ? input : { ...input, calls };
      if (outer === undefined) {
        if (clock instanceof FreezingClock) clock.thaw();
        this.#line(whole);
        this.#tell();
      } else outer.push(whole);
    }
  }

  /** The hub asks a server, which may call the hub again before it answers. */
  #ask(name: string, run: () => unknown): unknown {
    const calls = this.#calls;
    if (calls === undefined || !this.#isInside) return run();
    const [outer, inputs]: [TraceInput[] | undefined, TraceInput[]] = [this.#nested, []];
    this.#nested = inputs;
    this.#isInside = false;
    let gave: unknown;
    try {
      gave = run();
      return gave;
    } finally {
      this.#isInside = true;
      this.#nested = outer;
      this.#calls = calls;
      const call = { call: name, ...(inputs.length === 0 ? {} : { inputs }) };
      calls.push(typeof gave === 'number' ? { ...call, gave } : call);
    }
  }

  #portNumber(port: Port): number {
    const known = this.#ports.get(port);
    if (known !== undefined) return known;
    const number = this.#ports.size + 1;
    this.#ports.set(port, number);
    for (const name of PORT_METHODS)
      if (name in port)
        this.#replace(
          port as unknown as Record<string, unknown>,
          name,
          (original) =>
            (...args) =>
              this.#ask(name, () => original(...args)),
        );
    return number;
  }

  #notice(event: Published): void {
    this.#events.push(event);
    if (event.type === 'hub.restored' && !this.#isInside) {
      this.#line({ restored: event.sequence, at: event.at, rows: numberOfRows(this.#hub, KEPT) });
      for (const line of rowsOf(this.#hub, KEPT)) this.#line(line);
    }
    if (!this.#isInside && this.#nested === undefined) this.#tell();
  }

  #tell(): void {
    for (const event of this.#events) this.#line({ event: digestOf(event) });
    this.#events = [];
  }

  #line(line: TraceLine): void {
    this.#write(maskedText(line));
  }
}

/** The lines of a restore stand for its event. */
const isRestore = ([event]: readonly unknown[]): boolean =>
  typeof event === 'object' && event !== null && 'type' in event && event.type === 'hub.restored';

/** Number, type, subject and hash of an event. */
export const digestOf = (event: Published, number = event.sequence): [number, string, string, number] => {
  const said = { ...event, sequence: undefined, text: undefined }; // the text of a patch depends on how it was sent
  const subject = 'key' in event && event.key !== undefined ? event.key : '';
  return [number, event.type, subject, hashOf(canonicalText(writeArgument(said, () => 0)))];
};
