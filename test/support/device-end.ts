import type { Hub } from '../../emulator/hub/hub.ts';
import type { Session } from '../../emulator/hub/sessions.ts';
import type { Json } from '../../protocol/json.ts';
import type { MethodAnswer } from '../../protocol/method.ts';

/** Connects a device or module that answers its direct methods at once. */
export const connectDevice = (
  hub: Hub,
  key: string,
  answer: (methodName: string, payload: Json) => MethodAnswer,
  modelId?: string,
): void => {
  const session: Session = {
    key,
    protocol: 'test',
    deliver(message) {
      if (message.type !== 'method') return;
      hub.methods.respond(key, message.requestId, answer(message.methodName, message.payload));
    },
    close: () => {},
  };
  hub.sessions.open(session, { clean: true, ...(modelId === undefined ? {} : { modelId }) });
  hub.sessions.subscribe(session, 'methods', 0);
};
