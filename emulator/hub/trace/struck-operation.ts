import type { FaultOperation } from '../../../protocol/fault.ts';
import { isObject, type Json } from '../../../protocol/json.ts';
import { findObject, textIn } from '../../kernel/json-members.ts';
import type { Hub } from '../hub.ts';
import type { Operation } from '../operation.ts';
import type { TraceInput } from './trace.ts';

/** What devices do by their connections, and the operation of faults that it is, if it is one. */
const BY_DEVICES: Readonly<Record<string, FaultOperation | undefined>> = {
  'sessions.open': 'connect',
  'sessions.close': undefined,
  'sessions.subscribe': 'subscribe',
  'sessions.unsubscribe': undefined,
  'sessions.note': undefined,
  'sessions.remember': undefined,
  'presence.touch': undefined,
  'twins.read': 'twin.get',
  'twins.report': 'twin.report',
  'telemetry.receive': 'telemetry',
  'telemetry.receiveBatch': 'telemetry',
  'methods.respond': undefined,
  'inbox.complete': undefined,
  'inbox.reject': undefined,
  'inbox.abandon': undefined,
  'inbox.release': undefined,
  'inbox.pull': undefined,
};

/** An input as faults see it. */
export interface Struck {
  /** The device or module that did it by its connection. */
  readonly sender: string | undefined;
  /** Undefined: no fault is for it. */
  readonly operation: Operation | undefined;
}

const NOTHING: Struck = { sender: undefined, operation: undefined };

/** Who did the input, and as which operation a fault can strike it. What programs and the hub itself do is none. */
export const struckOperation = (hub: Hub, { op, args = [], via }: TraceInput): Struck => {
  if (via !== undefined) {
    const methodName = isObject(args[1]) ? textIn(args[1], 'methodName') : undefined;
    return { sender: undefined, operation: { type: 'rest', protocol: 'rest', ...via, methodName } };
  }
  // over REST it is one of the requests above
  if (op === 'inbox.send')
    return { sender: undefined, operation: { type: 'c2d.send', protocol: 'amqp', key: addressee(hub, args[0]) } };
  const key = op in BY_DEVICES ? keyIn(args[0]) : undefined;
  if (key === undefined) return NOTHING;
  const protocol = protocolIn(args[0]) ?? hub.sessions.find(key)?.protocol;
  const type = BY_DEVICES[op];
  return {
    sender: key,
    operation: type === undefined || protocol === undefined ? undefined : { type, key, protocol },
  };
};

/** The first argument is the key of a device, or its session. */
const keyIn = (argument: Json | undefined): string | undefined =>
  typeof argument === 'string' ? argument : isObject(argument) ? textIn(argument, 'key') : undefined;

const protocolIn = (argument: Json | undefined): string | undefined =>
  isObject(argument) ? textIn(argument, 'protocol') : undefined;

const addressee = ({ inbox }: Hub, message: Json | undefined): string | undefined => {
  const system = isObject(message) ? findObject(message, 'system') : undefined;
  try {
    return inbox.addressee(system && textIn(system, 'to'));
  } catch {
    return undefined; // the hub refuses the message
  }
};
