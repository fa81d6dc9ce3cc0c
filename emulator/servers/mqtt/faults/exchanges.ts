import type { FaultOperation } from '../../../../protocol/fault.ts';
import type { IdentityKey } from '../../../../protocol/identity-key.ts';
import { parseRequest } from '../../../../protocol/topics.ts';
import { connectionPart } from '../../faults/exchanges.ts';
import type { Exchange } from '../../faults/injector.ts';
import type { ClientConnection, Decide, OpenSession, ReplyMode, ReturnCode } from '../broker/application.ts';

/** A CONNECT. A CONNACK cannot come twice or late, and a client whose CONNACK is lost is not admitted. */
export const connectExchange = (connection: ClientConnection, openSession: OpenSession, decide: Decide): Exchange => ({
  isOpen: () => connection.isOpen,
  run(mode) {
    if (mode === 'cut') connection.cut('now');
    else if (mode !== 'lost') decide(openSession, mode === 'last' ? 'last' : 'sent');
  },
  refuse: (error) => decide(returnCodeOf(error.status)),
  cut: () => decide(5),
  mute: () => {}, // the client waits for the CONNACK
});

/** A filter of a SUBSCRIBE. A SUBACK cannot come twice or late. */
export const subscribeExchange = (
  connection: ClientConnection,
  isServed: boolean,
  grant: (isGranted: boolean, suback?: ReplyMode) => void,
): Exchange => ({
  ...connectionPart(connection),
  run(mode) {
    if (mode === 'cut') connection.cut('now');
    grant(isServed, mode === 'lost' || mode === 'last' ? mode : 'sent');
  },
  refuse: () => grant(false),
});

/** What a device does with a PUBLISH to `topic`; undefined if no fault can be for it. */
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

/** MQTT 3.1.1 has few return codes: 5 for clients that are not admitted, 3 for everything else. */
const returnCodeOf = (status: number): ReturnCode => (status === 401 || status === 403 || status === 404 ? 5 : 3);
