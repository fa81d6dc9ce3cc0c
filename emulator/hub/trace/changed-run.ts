import { HubError } from '../../../protocol/errors.ts';
import type { FaultEffect, FaultRule } from '../../../protocol/fault.ts';
import type { VirtualClock } from '../../kernel/clock.ts';
import { type ActiveFault, Faults } from '../faults.ts';
import type { Hub } from '../hub.ts';
import type { Operation } from '../operation.ts';
import type { Detour } from './player.ts';
import { type Struck, struckOperation } from './struck-operation.ts';
import { Tokens } from './tokens.ts';
import type { TraceInput } from './trace.ts';

type Run = (input: TraceInput) => unknown;

/** An operation that a fault delays. */
interface Held {
  readonly at: number;
  readonly run: () => void;
  readonly cancel: () => void;
}

/**
 * Goes on from a moment of a trace with other faults. Clients do what they did, as far as they still can: a connection that a
 * fault ends is silent until its device connects again in the trace, and nothing that was lost is answered.
 */
export class ChangedRun implements Detour {
  readonly tokens = new Tokens();
  readonly #hub: Hub;
  readonly #clock: VirtualClock;
  /** Apart from the rules of the hub, whose decisions stay as they were. */
  readonly #faults: Faults;
  /** Devices whose connection is gone, or that no longer hear or say anything. */
  readonly #silent = new Set<string>();
  readonly #held = new Set<Held>();
  /** Connections that end after the present input. */
  #ending: string[] = [];
  #isInLeftOut = false;

  constructor(hub: Hub, clock: VirtualClock, rules: readonly FaultRule[]) {
    this.#hub = hub;
    this.#clock = clock;
    this.#faults = new Faults({ clock, events: hub.events, seed: 1, rules });
  }

  get faults(): readonly ActiveFault[] {
    return this.#faults.list();
  }

  /** Operations that are still delayed. */
  get held(): number {
    return this.#held.size;
  }

  input(input: TraceInput, run: Run): void {
    this.#runHeld();
    this.#take(input, run);
    for (const key of this.#ending.splice(0)) this.#end(key);
  }

  deliver(key: string | undefined, message: unknown): boolean {
    const downlink = key === undefined ? undefined : downlinkIn(message);
    const effect = downlink && this.#faults.strike({ ...downlink, key, ...this.#protocolOf(key) });
    const isSilent = key !== undefined && this.#silent.has(key);
    const arrives = !isSilent && (effect === undefined || this.#arrives(effect, String(key)));
    this.tokens.note(key, message, arrives);
    if (effect?.type === 'error' || effect?.type === 'throttle') this.#failMethod(String(key), message, effect);
    return arrives;
  }

  #take(given: TraceInput, run: Run): void {
    // what an operation counted belongs to it
    if (given.op === 'usage.count' && this.#isInLeftOut) return;
    const input = this.tokens.translated(given);
    const struck = struckOperation(this.#hub, given);
    if (given.op === 'sessions.open' && struck.sender !== undefined) this.#silent.delete(struck.sender);
    const isSilent = struck.sender !== undefined && this.#silent.has(struck.sender);
    this.#isInLeftOut = input === undefined || isSilent;
    if (input === undefined || isSilent) return;
    const effect = struck.operation && this.#faults.strike(struck.operation);
    const happen = () => this.tokens.noteResult(run(input));
    if (effect === undefined) happen();
    else this.#apply(effect, struck, happen);
  }

  #apply(effect: FaultEffect, struck: Struck, happen: () => void): void {
    const { sender, operation } = struck;
    switch (effect.type) {
      case 'delay':
        this.#hold(effect.ms, struck, happen);
        break;
      case 'duplicate':
        happen();
        if (operation !== undefined && COPIED.has(operation.type)) happen();
        break;
      case 'reorder':
        happen();
        break;
      case 'drop':
        // a client that hears no answer to its CONNECT is not connected
        if (operation?.type === 'connect') this.#leaveOut(sender);
        else happen();
        break;
      case 'disconnect':
        if (operation?.type === 'connect' && effect.when === 'before') this.#leaveOut(sender);
        else happen();
        if (sender !== undefined) this.#ending.push(sender);
        break;
      case 'error':
      case 'throttle':
        this.#leaveOut(operation?.type === 'connect' ? sender : undefined);
        break;
      case 'blackHole':
      case 'refuseCertificate':
        this.#leaveOut(sender);
        break;
      default:
        effect satisfies never;
    }
  }

  /** The operation does not happen; `silent` says nothing more on this connection. */
  #leaveOut(silent: string | undefined): void {
    this.#isInLeftOut = true;
    if (silent !== undefined) this.#silent.add(silent);
  }

  #hold(ms: number, { sender }: Struck, happen: () => void): void {
    const at = this.#clock.now() + ms;
    const run = (): void => {
      cancel();
      this.#held.delete(held);
      if (sender === undefined || !this.#silent.has(sender)) happen();
    };
    const cancel = this.#clock.wake(at, run);
    const held = { at, run, cancel };
    this.#held.add(held);
  }

  /** The clock of the trace may have been set beyond what is delayed. */
  #runHeld(): void {
    for (const { at, run } of [...this.#held].sort((a, b) => a.at - b.at)) if (at <= this.#clock.now()) run();
  }

  #arrives(effect: FaultEffect, key: string): boolean {
    switch (effect.type) {
      case 'delay':
      case 'duplicate':
      case 'reorder':
        return true;
      case 'disconnect':
        this.#ending.push(key);
        return effect.when === 'after';
      case 'blackHole':
        this.#silent.add(key);
        return false;
      default:
        return false;
    }
  }

  #end(key: string): void {
    const session = this.#hub.sessions.find(key);
    this.#silent.add(key);
    if (session !== undefined) this.#hub.sessions.close(session, 'lost');
  }

  #failMethod(key: string, message: unknown, effect: Extract<FaultEffect, { type: 'error' | 'throttle' }>): void {
    const requestId = requestIdIn(message);
    if (requestId === undefined) return;
    const code = effect.type === 'error' ? effect.code : 'ThrottlingBacklogTimeout';
    this.#hub.methods.fail(key, requestId, new HubError(code, code));
  }

  #protocolOf(key: string | undefined): Pick<Operation, 'protocol'> {
    const session = key === undefined ? undefined : this.#hub.sessions.find(key);
    return session === undefined ? {} : { protocol: session.protocol };
  }
}

/** Operations that happen twice if they come twice; of others the answer comes twice. */
const COPIED: ReadonlySet<Operation['type']> = new Set(['telemetry', 'c2d.send', 'rest']);

const DOWNLINKS = { desired: 'twin.desired', method: 'method', c2d: 'c2d.receive' } as const;

const downlinkIn = (message: unknown): Operation | undefined => {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  const type = DOWNLINKS[message.type as keyof typeof DOWNLINKS];
  if (type === undefined) return undefined;
  return { type, ...('methodName' in message ? { methodName: String(message.methodName) } : {}) };
};

const requestIdIn = (message: unknown): string | undefined =>
  typeof message === 'object' && message !== null && 'requestId' in message ? String(message.requestId) : undefined;
