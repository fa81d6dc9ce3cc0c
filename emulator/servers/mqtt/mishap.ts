import type { FaultEffect, FaultOperation } from '../../../protocol/fault.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { parseRequest } from '../../../protocol/topics.ts';
import type { Downlink } from '../../hub/sessions.ts';
import type { ReturnCode } from './connect.ts';
import type { Writer } from './writer.ts';

/** What a fault works on: the hub's end of one connection. */
export interface Wire {
  readonly writer: Writer;
  /** Ends the connection: at once, or after what was said has left. */
  cut(when: 'now' | 'afterwards'): void;
  /** Hears and says nothing any more, but stays open. */
  deafen(): void;
}

/** How long an answer is held back for another one to overtake it, in ms. */
const OVERTAKEN_WITHIN = 1_000;

/**
 * Lets `act` take place under `effect`: most effects spoil what the hub says about it. Refusals are no matter of the wire
 * and find nothing to do here.
 */
export const suffer = (effect: FaultEffect, wire: Wire, act: () => void): void => {
  const { writer } = wire;
  switch (effect.type) {
    case 'delay':
      setTimeout(act, effect.ms).unref();
      return;
    case 'drop':
      writer.collect(act);
      return;
    case 'duplicate': {
      const said = writer.collect(act);
      for (const bytes of [...said, ...said]) writer.write(bytes);
      return;
    }
    case 'reorder':
      writer.holdBack(writer.collect(act), OVERTAKEN_WITHIN);
      return;
    case 'disconnect':
      if (effect.when === 'before') {
        writer.collect(act);
        wire.cut('now');
      } else {
        act();
        wire.cut('afterwards');
      }
      return;
    case 'blackHole':
      wire.deafen();
      return;
    case 'refuseCertificate':
      wire.cut('now');
      return;
    case 'error':
    case 'throttle':
      return;
    default:
      effect satisfies never;
  }
};

/** What a device asks by a PUBLISH to `topic`; undefined for what no fault is for. */
export const operationOf = (topic: string, key: IdentityKey): FaultOperation | undefined => {
  switch (parseRequest(topic, key)?.type) {
    case 'telemetry':
      return 'telemetry';
    case 'twinGet':
      return 'twin.get';
    case 'twinPatch':
      return 'twin.report';
    default:
      return undefined;
  }
};

/** As what a fault knows something that the hub says. */
export const downlinkOf = (message: Downlink): { operation: FaultOperation; methodName?: string } | undefined => {
  switch (message.type) {
    case 'desired':
      return { operation: 'twin.desired' };
    case 'method':
      return { operation: 'method', methodName: message.methodName };
    default:
      return undefined;
  }
};

/** MQTT 3.1.1 has few words for a refused CONNECT: 5 for who is not let in, 3 for all else. */
export const returnCodeOf = (status: number): ReturnCode =>
  status === 401 || status === 403 || status === 404 ? 5 : 3;
