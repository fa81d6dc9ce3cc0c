import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

const UNHARMED = { heard: 'that', answered: 'hello', lost: [] };
const FLOOR = { key: 'floor', value: '3' };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

test.each(['tcp', 'ws'])(
  "Microsoft's SDK for Node over AMQP, %s: everything between a device and a service",
  async (transport) => {
    const id = `d-${randomUUID()}`;
    expect(await stage.run('amqp-round-trip.js', { variables: stage.hub.device(id), args: [transport] })).toEqual({
      sent: ['MessageEnqueued', 'MessageEnqueued'],
      tooLarge: 'MessageTooLargeError',
      twin: [5, 3, 3, true],
      answer: { status: 207, payload: { to: ['all'] } },
      taken: [
        ['keep', 'for keep', [FLOOR]],
        ['keep', 'for keep', [FLOOR]],
        ['refuse', 'for refuse', [FLOOR]],
      ],
      records: [
        ['keep', 'Success'],
        ['refuse', 'Rejected'],
      ],
      absent: 'DeviceNotFoundError',
      files: 'Object',
    });
  },
);

describe.each(['amqp', 'amqp-ws'])("Microsoft's SDK for Node over %s", (transport) => {
  test('goes on receiving and answering after the hub has cut its connection', async () => {
    const cut = (id: string) => stage.hub.hub.sessions.drop(id, 'requested');
    expect(await stage.runThrough(cut, { transport })).toEqual(UNHARMED);
  });

  test('goes on receiving and answering after its token has expired', async () => {
    const expire = (id: string) => stage.hub.hub.sessions.drop(id, 'expired');
    expect(await stage.runThrough(expire, { transport })).toEqual(UNHARMED);
  });

  test('goes on receiving and answering after the hub has restarted', async () => {
    expect(await stage.runThrough(() => stage.hub.restart(), { transport })).toEqual(UNHARMED);
  });

  test('goes on after it has renewed its token', async () => {
    const renewed = () => new Promise<void>((done) => setTimeout(done, 8000));
    expect(await stage.runThrough(renewed, { transport, lifetime: 6, margin: 3 })).toEqual(UNHARMED);
  });
});
