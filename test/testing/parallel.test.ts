import { clientFromConnectionString } from 'iothub-emulator/device';
import { Registry } from 'iothub-emulator/service';
import { hubFixtures, TestHub, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

// 50 are for a night's run
const ROUNDS = Number(process.env.IOTHUB_TEST_ROUNDS ?? 5);

test.for(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
  'fifty hubs at once are independent, round %d',
  { timeout: 60_000 },
  async (_round, { emulator }) => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => useOne(new TestHub(emulator.fork()), n)));
    expect(outcomes).toEqual(Array.from({ length: 50 }, (_, n) => ({ reported: n, tag: n, found: 1, connections: 1 })));
    expect(emulator.hub.sessions.connectedDevices).toBe(0);
  },
);

/** A test as people write them: a device, a service app, something that fails, time that goes by. */
const useOne = async (iotHub: TestHub, n: number) => {
  await using _ = iotHub;
  const oven = iotHub.device('oven');
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  iotHub.fail({ operation: 'rest', times: 1 }, { type: 'error', code: 'ServiceUnavailable' });
  await expect(registry.getTwin('oven')).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  await registry.updateTwin('oven', { tags: { n } }, '*');
  const client = clientFromConnectionString(oven.connectionString);
  const twin = await client.getTwin();
  twin.properties.reported.update({ n }, () => {});
  await until(oven).reported('n').is(n);
  await iotHub.advance('1h');
  const { result } = await registry.createQuery(`SELECT * FROM devices WHERE tags.n = ${n}`).nextAsTwin();
  const outcome = {
    reported: n,
    tag: oven.twin.tags && Object.values(oven.twin.tags)[0],
    found: result.length,
    connections: iotHub.hub.sessions.connectedDevices,
  };
  await client.close();
  return outcome;
};
