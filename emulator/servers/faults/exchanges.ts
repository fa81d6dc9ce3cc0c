import type { FaultOperation } from '../../../protocol/fault.ts';
import type { Downlink } from '../../hub/messaging/session.ts';
import { type FaultyConnection, runOn } from './connection.ts';
import type { Exchange } from './injector.ts';

/** Messages of which each copy arrives if they come twice; of others the answer comes twice. */
const COPIED: ReadonlySet<FaultOperation> = new Set(['telemetry', 'c2d.send']);

/** A message from a client. */
export const receiveExchange = (
  connection: FaultyConnection,
  operation: FaultOperation,
  { handle, refuse }: { readonly handle: () => void; readonly refuse: Exchange['refuse'] },
): Exchange => ({
  ...connectionPart(connection),
  run(mode) {
    if (mode === 'twice' && COPIED.has(operation)) {
      connection.withhold(handle); // one acknowledgement is enough
      handle();
    } else runOn(connection, handle, mode);
  },
  refuse,
});

/** A message to a device. */
export const pushExchange = (connection: FaultyConnection, send: () => void, refuse: Exchange['refuse']): Exchange => ({
  ...connectionPart(connection),
  run: (mode) => runOn(connection, send, mode),
  refuse,
});

export const connectionPart = (connection: FaultyConnection): Pick<Exchange, 'isOpen' | 'cut' | 'mute'> => ({
  isOpen: () => connection.isOpen,
  cut: () => connection.cut('now'),
  mute: () => connection.mute(),
});

/** Maps a downlink to the fault operation it counts as. */
export const downlinkOperation = (
  message: Downlink,
): { readonly type: FaultOperation; readonly methodName?: string } | undefined => {
  switch (message.type) {
    case 'desired':
      return { type: 'twin.desired' };
    case 'method':
      return { type: 'method', methodName: message.methodName };
    case 'c2d':
      return { type: 'c2d.receive' };
    default:
      return undefined;
  }
};
