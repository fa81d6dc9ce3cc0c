import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Session } from '../../../emulator/hub/messaging/session.ts';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import type { Json } from '../../../protocol/json.ts';

/** Connects a device or module that answers its direct methods at once. */
export const connectDevice = (
  hub: Hub,
  key: string,
  answer: (methodName: string, payload: Json) => { readonly status: number; readonly payload: Json },
  modelId?: string,
): void => {
  const session: Session = {
    key,
    protocol: 'test',
    deliver(message) {
      if (message.type !== 'method') return;
      const { status, payload } = answer(message.methodName, message.payload.value);
      hub.methods.respond(key, message.requestId, { status, payload: jsonTextOf(payload) });
    },
    close: () => {},
  };
  hub.sessions.open(session, { resume: false, ...(modelId === undefined ? {} : { modelId }) });
  hub.sessions.subscribe(session, 'methods', 0);
};
