import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Session } from '../../../emulator/hub/sessions.ts';
import type { ErrorCode } from '../../../protocol/errors.ts';

/** Refuses each code to whoever asks for the device of that name. */
export const makeTroubles = ({ faults }: Hub, codes: readonly ErrorCode[]): void => {
  for (const code of codes) faults.add({ match: { path: `/devices/${code}` }, effect: { type: 'error', code } });
};

/** Connects a device that answers the method `babble` with what is no JSON, and no other. */
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
  hub.sessions.open(session, { clean: true });
  hub.sessions.subscribe(session, 'methods', 0);
};
