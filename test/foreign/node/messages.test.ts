import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

// https://learn.microsoft.com/azure/iot-hub/how-to-cloud-to-device-messaging?pivots=programming-language-node
test.each(['tcp', 'ws'])(
  "a device on Microsoft's SDK for Node receives all messages over %s, and their sender gets feedback",
  async (transport) => {
    const { hub } = stage.hub;
    const id = `d-${randomUUID()}`;
    const { sessions, inbox, inputs, registry, feedback } = hub;
    const variables = stage.hub.device(id);
    registry.create({ deviceId: id, moduleId: 'cam' }, {});
    const send = (data: string, properties = {}) =>
      inbox.send({
        body: Buffer.from(data),
        properties,
        system: {
          to: `/devices/${encodeURIComponent(id)}/messages/devicebound`,
          messageId: `${data} 1`,
          correlationId: 'a/b&c',
          contentType: 'text/plain',
          ack: 'full',
        },
      });
    const outcomes = new Map<string | null, string>();
    const stop = hub.events.listen((event) => {
      if (event.type === 'feedback.recorded' && event.key === id)
        outcomes.set(event.record.originalMessageId, event.record.statusCode);
    });
    send('first', { place: 'hall = 7' });
    const told = await stage.run(
      'messages.js',
      {
        variables: {
          ...variables,
          IOTHUB_MODULE_CONNECTION_STRING: stage.hub.emulator.moduleConnectionString(id, 'cam'),
        },
        args: [transport],
      },
      async (line) => {
        if (line !== 'listening') return;
        await stage.until(() => sessions.find(`${id}/cam`, 'inputs') !== undefined);
        inputs.send(`${id}/cam`, 'in1', {
          body: Buffer.from('x'),
          properties: { a: 'b' },
          system: { messageId: 'i1' },
        });
        await stage.until(() => outcomes.size === 1);
        sessions.drop(id, 'requested');
        send('last');
      },
    );
    await stage.until(() => outcomes.size === 2);
    stop();
    const common = { correlationId: 'a/b&c', contentType: 'text/plain' };
    // the SDK passes on `iothub-ack` as an application property
    expect(told).toEqual({
      received: [
        { data: 'first', messageId: 'first 1', ...common, properties: { 'iothub-ack': 'full', place: 'hall = 7' } },
        { data: 'last', messageId: 'last 1', ...common, properties: { 'iothub-ack': 'full' } },
      ],
      input: ['in1', expect.objectContaining({ data: 'x', messageId: 'i1', properties: { a: 'b' } })],
    });
    expect([...outcomes]).toEqual([
      ['first 1', 'Success'],
      ['last 1', 'Success'],
    ]);
    expect([inbox.list(id), [...feedback.records()].filter(({ key }) => key === `${id}/cam`)]).toEqual([[], []]);
  },
);
