import type { z } from 'zod';
import type { NewMessage, WaitingMessage } from '../../../../protocol/admin/messages.ts';
import { type IdentityName, keyOf, nameOf } from '../../../../protocol/identity-key.ts';
import type { Message, MessageProperties } from '../../../../protocol/message.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { QueuedMessage } from '../../../hub/messaging/cloud-to-device.ts';
import { placeOf, renderBatch, renderPending } from '../../../hub/messaging/message-document.ts';
import { bytesOfBody, plainBody } from '../../../plain-body.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** Messages to devices and modules, in place of a service app or of a device. */
export const messages = (hub: Hub): readonly AdminRoute[] => {
  const { inbox, feedback, inputs } = hub;
  const receive = (name: IdentityName, lockSeconds: number | undefined) => {
    const delivery = inbox.receive(keyOf(name), lockSeconds);
    return { message: delivery === undefined ? null : { ...waiting(delivery), lockToken: delivery.lock.token } };
  };
  return [
    adminRoute('GET /messages/:deviceId', ({ params }) => inbox.list(keyOf(params)).map(waiting)),
    adminRoute('GET /messages/:deviceId/modules/:moduleId', ({ params }) => inbox.list(keyOf(params)).map(waiting)),
    adminRoute('POST /messages/:deviceId', ({ params, body }) => waiting(inbox.enqueue(keyOf(params), read(body)))),
    adminRoute('POST /messages/:deviceId/modules/:moduleId', ({ params, body }) =>
      waiting(inbox.enqueue(keyOf(params), read(body))),
    ),
    adminRoute('DELETE /messages/:deviceId', ({ params }) => ({ messages: inbox.purge(keyOf(params)) })),
    adminRoute('DELETE /messages/:deviceId/modules/:moduleId', ({ params }) => ({
      messages: inbox.purge(keyOf(params)),
    })),
    adminRoute('POST /messages/:deviceId/receive', ({ params, body }) => receive(params, body.lockSeconds)),
    adminRoute('POST /messages/:deviceId/modules/:moduleId/receive', ({ params, body }) =>
      receive(params, body.lockSeconds),
    ),
    adminRoute('POST /messages/:deviceId/settle', ({ params, body }) =>
      inbox[body.outcome](keyOf(params), body.lockToken),
    ),
    adminRoute('POST /messages/:deviceId/modules/:moduleId/settle', ({ params, body }) =>
      inbox[body.outcome](keyOf(params), body.lockToken),
    ),
    adminRoute('POST /messages/:deviceId/modules/:moduleId/inputs/:input', ({ params, body }) =>
      inputs.send(keyOf(params), params.input, read(body)),
    ),
    adminRoute('GET /feedback', () => ({
      batches: Array.from(feedback.batches(), renderBatch),
      records: Array.from(feedback.records(), renderPending),
    })),
  ];
};

const waiting = (message: QueuedMessage): WaitingMessage => {
  const { body, properties, system } = message.item;
  return {
    ...nameOf(message.queue),
    ...placeOf(message),
    body: plainBody(body),
    properties: { ...properties },
    system: given(system),
  };
};

const read = ({ body, properties, system }: z.output<typeof NewMessage>): Message => ({
  body: bytesOfBody(body),
  properties,
  system: given(system),
});

/** Without those that are undefined. */
const given = (texts: Readonly<Record<string, string | undefined>> | MessageProperties): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
