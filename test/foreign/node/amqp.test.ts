import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APART } from '../support/hub.ts';
import { openStage, type Stage } from './stage.ts';

const UNHARMED = { heard: true, answered: 'hello', lost: [] };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(APART);
});
afterAll(async () => {
  await stage.close();
});

const TRANSPORTS = ['amqp', 'amqp-ws'];

describe.each(TRANSPORTS)("Microsoft's SDK for Node over %s", (transport) => {
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
});

test.concurrent.each(TRANSPORTS)(
  "Microsoft's SDK for Node over %s goes on after it has renewed its token",
  async (transport) => {
    const renewed = () => new Promise<void>((done) => setTimeout(done, 8000));
    expect(await stage.runThrough(renewed, { transport, lifetime: 6, margin: 3 })).toEqual(UNHARMED);
  },
);
