import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Session } from '../../../emulator/hub/messaging/session.ts';
import type { ErrorCode } from '../../../protocol/errors.ts';

/** Makes every request for the device with the name of an error fail with that error. */
export const makeTroubles = ({ faults }: Hub, codes: readonly ErrorCode[]): void => {
  for (const code of codes) faults.add({ match: { path: `/devices/${code}` }, effect: { type: 'error', code } });
};

/** Connects a device that answers the method `babble` with invalid JSON, and no other method. */
export const connectBabbler = (hub: Hub, key: string): void => {
  const session: Session = {
    key,
    protocol: 'test',
    deliver(message) {
      if (message.type === 'method' && message.methodName === 'babble')
        hub.methods.respond(key, message.requestId, { status: 200, payload: undefined });
    },
    close: () => {},
  };
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'methods', 0);
};
