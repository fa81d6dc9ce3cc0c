import type { Duplex } from 'node:stream';
import type { Client, Subscription } from 'aedes';
import type { FaultEffect } from '../../../protocol/fault.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { type Attempt, faultError } from '../../hub/faults.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Downlink } from '../../hub/sessions.ts';
import { arrivalOf } from './arrival.ts';
import type { ReturnCode } from './connect.ts';
import type { Incoming } from './inbound.ts';
import type { Line } from './line.ts';
import { downlinkOf, operationOf, returnCodeOf, suffer } from './mishap.ts';
import { SDK_FAULT, type SdkFaults } from './sdk-faults.ts';

type Granted = (error: null, subscription: Subscription | null) => void;

/** Asks the hub what shall go wrong with each operation, and lets it happen on the wire. */
export class Mishaps {
  readonly #hub: Hub;
  readonly #sdkFaults: SdkFaults;

  constructor(hub: Hub, sdkFaults: SdkFaults) {
    this.#hub = hub;
    this.#sdkFaults = sdkFaults;
  }

  /** False as long as a PUBLISH to `topic` is none of this. */
  concern(topic: string): boolean {
    return this.#hub.faults.active || topic.includes(SDK_FAULT);
  }

  /** A CONNECT of `key`: `proceed` if it may go on, `refuse` with a return code, or neither. */
  arrive(
    client: Client,
    key: IdentityKey,
    { proceed, refuse }: { proceed: () => void; refuse: (code: ReturnCode) => void },
  ): void {
    const effect = this.#strike({ operation: 'connect', protocol: arrivalOf(client).protocol, key });
    switch (effect?.type) {
      case 'error':
      case 'throttle':
        refuse(returnCodeOf(faultError(effect)?.status ?? 503));
        return;
      case 'refuseCertificate':
        refuse(5);
        return;
      case 'delay':
        setTimeout(() => client.closed || proceed(), effect.ms).unref();
        return;
      case 'disconnect':
        if (effect.when === 'before') client.conn.destroy();
        else {
          arrivalOf(client).ready = () => arrivalOf(client).line?.cut('afterwards');
          proceed();
        }
        return;
      case 'drop':
      case 'blackHole':
        return; // the client waits for a CONNACK
      default: // nothing of a CONNECT can come twice or too late
        proceed();
    }
  }

  /** Takes a message of a device: gives back what was thrown that is a bug. Throws HubError if the connection cannot go on. */
  receive<M extends Incoming>(line: Line, message: M, take: (message: M) => unknown): unknown {
    if (message.topic.includes(SDK_FAULT) && this.#sdkFaults.hears(line, message)) return undefined;
    const operation = this.#hub.faults.active ? operationOf(message.topic, line.key) : undefined;
    const effect = operation && this.#strike({ operation, protocol: line.protocol, key: line.key });
    if (effect === undefined) return take(message);
    const refusal = faultError(effect);
    if (refusal !== undefined) return take({ ...message, refusal });
    if (effect.type === 'delay') {
      suffer(effect, line, () => takeLate(line, () => take(message)));
      return undefined;
    }
    // an acknowledgement that comes twice is nothing: it is the message that does
    if (effect.type === 'duplicate' && operation === 'telemetry') {
      line.writer.collect(() => take(message));
      return take(message);
    }
    let bug: unknown;
    suffer(effect, line, () => {
      bug = take(message);
    });
    return bug;
  }

  /** Says something to a device. */
  push(line: Line, message: Downlink, say: () => void): void {
    const known = this.#hub.faults.active ? downlinkOf(message) : undefined;
    const effect = known && this.#strike({ ...known, protocol: line.protocol, key: line.key });
    if (effect === undefined) say();
    else if (message.type === 'method') this.#call(line, message, { effect, say });
    else suffer(effect, line, say);
  }

  /** A method that is refused is answered in the device's stead. */
  #call(
    line: Line,
    { requestId }: Extract<Downlink, { type: 'method' }>,
    { effect, say }: { effect: FaultEffect; say: () => void },
  ): void {
    const refusal = faultError(effect);
    if (refusal === undefined) suffer(effect, line, say);
    else this.#hub.methods.fail(line.key, requestId, refusal);
  }

  /** A SUBSCRIBE: `serve` says whether the hub grants it. */
  subscribe(client: Client, serve: () => Subscription | null, done: Granted): void {
    const { line } = arrivalOf(client);
    // a kept session subscribes to nothing by itself
    const isAsked = line !== undefined && client.connected;
    const effect = isAsked && this.#strike({ operation: 'subscribe', protocol: line.protocol, key: line.key });
    if (!effect) {
      done(null, serve());
      return;
    }
    switch (effect.type) {
      case 'error':
      case 'throttle':
        done(null, null);
        return;
      case 'delay':
        setTimeout(() => done(null, serve()), effect.ms).unref();
        return;
      case 'drop':
        arrivalOf(client).subscribed = withhold(client.conn as Duplex); // a Socket is one
        done(null, serve());
        return;
      case 'disconnect':
        if (effect.when === 'before') line.cut('now');
        else arrivalOf(client).subscribed = () => setImmediate(() => line.cut('afterwards'));
        done(null, serve());
        return;
      case 'refuseCertificate':
        line.cut('now');
        return;
      case 'blackHole':
        line.deafen();
        return;
      default: // a SUBACK that comes twice or too late means nothing
        done(null, serve());
    }
  }

  #strike(attempt: Attempt): FaultEffect | undefined {
    return this.#hub.faults.active ? this.#hub.faults.strike(attempt) : undefined;
  }
}

/** Nobody waits for what is thrown so late: the connection ends as it would have. */
const takeLate = (line: Line, take: () => unknown): void => {
  try {
    if (line.isOpen) take();
  } catch {
    line.cut('now');
  }
};

/** Keeps what the broker writes from `conn` until the returned function is called. */
const withhold = (conn: Duplex): (() => void) => {
  const { write } = conn;
  conn.write = () => true;
  return () => {
    conn.write = write;
  };
};
