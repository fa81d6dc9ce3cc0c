import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textOf } from '../../support/hub/messages.ts';
import { APART } from '../support/hub.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ ...APART, feedbackInterval: '0s' });
});
afterAll(async () => {
  await stage.close();
});

const PAIRS = ['Amqp', 'AmqpWs', 'Mqtt', 'MqttWs', 'Http'].flatMap((device) =>
  ['Amqp', 'AmqpWs'].map((service) => ({ device, service })),
);

test.each(PAIRS)(
  'nothing is lost when connections end and come back: device over $device, service app over $service',
  async ({ device, service }) => {
    const id = `d-${randomUUID()}`;
    const variables = stage.hub.device(id);
    const arrived = new Set<string>();
    const completed = new Set<string>();
    const listen = () =>
      stage.hub.hub.events.listen((event) => {
        if (event.type === 'telemetry' && event.key === id) arrived.add(textOf(event.message));
        if (event.type === 'c2d.completed' && event.key === id) completed.add(textOf(event.message));
      });
    let stop = listen();
    const interruptions = [
      async () => stage.hub.hub.sessions.drop(id, 'requested'), // over Http there is none
      async () => {
        stop();
        await stage.hub.restart();
        stop = listen();
      },
    ];
    const told = await stage.run('nothing-lost.js', { variables, args: [device, service] }, async (line) => {
      if (line === 'under way') await interruptions.shift()?.();
      else await stage.until(({ inbox }) => inbox.list(id).length === 0);
    });
    stop();
    const { acknowledged, sent } = told as { acknowledged: string[]; sent: string[] }; // of nothing-lost.js
    expect(acknowledged.filter((text) => !arrived.has(text))).toEqual([]);
    expect(sent.filter((text) => !completed.has(text))).toEqual([]);
    // at least one between two interruptions
    expect([acknowledged.length, sent.length].every((count) => count >= 3)).toBe(true);
  },
);
