import { expect, test } from 'vitest';
import type { Exchange } from '../../../emulator/servers/traffic/traffic.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

type Admin = Awaited<ReturnType<typeof startAdmin>>;

interface Sent {
  readonly id?: number;
  readonly event: string;
  readonly data: { readonly [name: string]: unknown };
}

/** What a stream says, until it has said what `isLast` waits for. `act` happens once the stream is open. */
const follow = async (
  { port }: Admin,
  path: string,
  act: () => void,
  isLast: (sent: Sent) => boolean,
): Promise<readonly Sent[]> => {
  const stop = new AbortController();
  const { body } = await fetch(`http://localhost:${port}${path}`, { signal: stop.signal });
  act();
  const all: Sent[] = [];
  let rest = '';
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    all.push(...blocks.filter((block) => block.includes('data: ')).map(sentOf));
    if (all.some(isLast)) break;
  }
  stop.abort();
  return all;
};

const sentOf = (block: string): Sent => {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
  return {
    ...(fields.id === undefined ? {} : { id: Number(fields.id) }),
    event: fields.event,
    data: JSON.parse(fields.data),
  };
};

const isMissed = ({ event }: Sent): boolean => event === 'missed';

/** d1 reports so often in one turn. */
const report = ({ hub }: Admin, times: number): void => {
  for (let n = 1; n <= times; n++) hub.twins.report('d1', { n });
};

test('of a burst a reader gets as many events of each type as it wants, and then how many more there were of which', async () => {
  await using admin = await startAdmin();
  const burst = () => {
    report(admin, 120);
    admin.hub.twins.patch('d1', { tags: { a: 1 } });
    report(admin, 130);
  };
  const sent = await follow(admin, '/events?since=1&most=100', burst, isMissed);
  expect(sent.filter(({ event }) => event === 'twin.reported').map(({ id }) => id)).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 2),
  );
  expect(sent.filter(({ event }) => event === 'twin.updated').map(({ id }) => id)).toEqual([122]);
  // a reader that resumes after 252 gets nothing twice
  expect(sent.at(-1)).toEqual({
    id: 252,
    event: 'missed',
    data: { type: 'missed', count: 150, types: { 'twin.reported': 150 }, time: '2026-01-01T00:00:00.000Z' },
  });
});

test('what was there before is sent whole, and a reader that names no number gets everything', async () => {
  await using admin = await startAdmin();
  report(admin, 250);
  const after = await follow(
    admin,
    '/events?since=1&most=10',
    () => report(admin, 30),
    (sent) => isMissed(sent),
  );
  expect(after.filter(({ event }) => event === 'twin.reported')).toHaveLength(260);
  expect(after.at(-1)).toMatchObject({ id: 281, data: { count: 20 } });
  const all = await follow(
    admin,
    '/events?since=281',
    () => report(admin, 1_000),
    ({ id }) => id === 1_281,
  );
  expect(all).toHaveLength(1_000);
});

test('events that a reader does not get are not even looked at', async () => {
  await using admin = await startAdmin();
  let looks = 0;
  const patch = new Proxy(
    { a: 1 },
    {
      ownKeys(target) {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const burst = () => {
    for (let n = 0; n < 300; n++) admin.hub.events.publish({ ...reported(admin), patch });
    looks = 0; // the journal weighs each
  };
  await follow(admin, '/events?since=1&most=20', burst, isMissed);
  expect(looks).toBe(20);
});

const reported = ({ hub }: Admin) => {
  const { twin } = hub.fleet.get('d1');
  return { type: 'twin.reported', key: hub.fleet.get('d1').key, twin } as const;
};

test('of traffic a reader gets what was refused, the latest of the rest, and how many more there were', async () => {
  await using admin = await startAdmin();
  let written = 0;
  const exchange = (outcome: Exchange['outcome']): Exchange => ({
    outcome,
    bytes: 100,
    summary: () => {
      written += 1;
      return {
        who: 'd1',
        role: 'device',
        protocol: 'MQTT',
        operation: 'twin.report',
        asked: '',
        answered: '',
        outcome,
      };
    },
    sides: () => ({ request: { line: '', fields: [] }, answer: { line: '', fields: [] } }),
  });
  const burst = () => {
    for (let id = 1; id <= 300; id++) admin.traffic.record(exchange(id === 7 ? 'refused' : 'ok'));
  };
  const sent = await follow(admin, '/events?since=1&traffic=yes&most=100', burst, isMissed);
  expect(sent.filter(({ event }) => event === 'traffic').map(({ data }) => data.id)).toEqual([
    7,
    ...Array.from({ length: 50 }, (_, i) => i + 251),
  ]);
  expect(sent.at(-1)).toEqual({
    event: 'missed',
    data: { type: 'missed', count: 249, types: { traffic: 249 } },
  });
  expect(written).toBe(51);
  const all = await follow(admin, '/traffic?format=stream', burst, isMissed);
  expect(all).toHaveLength(202);
  expect(all.at(-1)?.data).toEqual({ type: 'missed', count: 99, types: { traffic: 99 } });
});

test.each(['0', '-1', '1.5', 'few'])('%s is not a number of events', async (most) => {
  await using admin = await startAdmin();
  expect((await admin.ask('GET', `/events?most=${most}`)).status).toBe(400);
});
