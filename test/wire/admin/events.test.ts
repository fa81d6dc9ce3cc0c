import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { Journal } from '../../../emulator/hub/journal.ts';
import { collectGarbage } from '../../support/hub/garbage.ts';
import { newHub } from '../../support/hub/hub.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('events are listed from any number on, without keys and whole twins', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.report('d1', { a: 1 });
  const { body } = await admin.ask('GET', '/events?format=json');
  expect(body).toEqual([
    { type: 'twin.reported', key: 'd1', patch: { a: 1 }, sequence: 2, time: '2026-01-01T00:00:00.000Z' },
  ]);
  expect((await admin.ask('GET', '/events?format=json&since=2')).body).toEqual([]);
});

test('members that a device names twin or identity stay in events, while whole twins are left out', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.report('d1', { twin: 1, inner: { identity: 'x' } });
  admin.hub.twins.replace('d1', { tags: { a: 1 } });
  const time = '2026-01-01T00:00:00.000Z';
  expect((await admin.ask('GET', '/events?format=json&since=1')).body).toEqual([
    { type: 'twin.reported', key: 'd1', patch: { twin: 1, inner: { identity: 'x' } }, sequence: 2, time },
    { type: 'twin.replaced', key: 'd1', sequence: 3, time },
  ]);
});

test('the body of a message is text, or base64 if it is not UTF-8', async () => {
  await using admin = await startAdmin();
  for (const body of [Buffer.from('{"celsius":199}'), Buffer.from([0xff, 0x00])])
    admin.hub.events.publish({
      type: 'telemetry',
      key: 'd1',
      message: { body, system: {}, properties: {} },
      routes: [],
      endpoints: [],
    });
  const { body } = await admin.ask('GET', '/events?format=json&since=1');
  expect(body).toMatchObject([{ message: { body: '{"celsius":199}' } }, { message: { body: { base64: '/wA=' } } }]);
});

test('a stream of events can be resumed', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.report('d1', { a: 1 });
  const response = await fetch(`http://localhost:${admin.port}/events`, { headers: { 'last-event-id': '1' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) text += (await reader?.read())?.value ?? '';
  };
  await until('id: 2\nevent: twin.reported\n');
  admin.hub.twins.report('d1', { b: 2 });
  await until('id: 3\nevent: twin.reported\n');
  await reader?.cancel();
});

test('a client that resumes at another hub, or too late, can tell', async () => {
  const { hub } = newHub();
  const journal = new Journal(hub.events, { events: 3, bytes: 1e6 });
  for (let n = 0; n < 5; n++) hub.registry.create({ deviceId: `d${n}` }, {});
  expect([journal.missed(0), journal.missed(1), journal.missed(4)]).toEqual([2, 1, 0]);
  expect([journal.reached(4), journal.reached(5), journal.reached(6)]).toEqual([4, 5, 0]);
});

const burst = (hub: Hub, count: number, bytes: number): void => {
  for (let i = 0; i < count; i++)
    hub.events.publish({
      type: 'telemetry',
      key: 'd1',
      message: { body: Buffer.alloc(bytes, 'x'), system: {}, properties: {} },
      routes: [],
      endpoints: [],
    });
};

test('a journal keeps so many bytes, and the latest event whatever its size', () => {
  const { hub } = newHub();
  const journal = new Journal(hub.events, { events: 1_000, bytes: 10_000 });
  burst(hub, 200, 1_000);
  const kept = journal.page(0, 1e9);
  expect([kept.length, kept.at(-1)?.sequence]).toEqual([8, 200]);
  expect(journal.page(195, 2_500).map(({ sequence }) => sequence)).toEqual([196, 197]);
  burst(hub, 1, 20_000);
  expect(journal.page(0, 1e9).map(({ sequence }) => sequence)).toEqual([201]);
});

test('what a journal keeps no longer is free at once', async () => {
  const { hub, events } = newHub();
  const journal = new Journal(hub.events, { events: 10_000, bytes: 10_000 });
  const bodies = Array.from({ length: 60 }, () => {
    const body = new Uint8Array(1_000);
    const message = { body, system: {}, properties: {} };
    hub.events.publish({ type: 'telemetry', key: 'd1', message, routes: [], endpoints: [] });
    return new WeakRef(body);
  });
  events.splice(0);
  await new Promise(setImmediate); // what a WeakRef was made for lives to the end of the turn
  collectGarbage();
  expect(bodies.filter((body) => body.deref() !== undefined)).toHaveLength(journal.page(0, 1e9).length);
});

/** The numbers of a stream's events, and how many it says are missed, until `last` has come. */
const readTo = async (
  admin: Awaited<ReturnType<typeof startAdmin>>,
  since: number,
  last: number,
  started = () => {},
) => {
  const aborter = new AbortController();
  const { body } = await fetch(`http://localhost:${admin.port}/events?since=${since}`, { signal: aborter.signal });
  started();
  const numbers: number[] = [];
  let missed = 0;
  let rest = '';
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('id: ')) numbers.push(Number(line.slice(4)));
      if (line.startsWith('data: {"type":"missed"')) missed += JSON.parse(line.slice(6)).count;
    }
    if (numbers.at(-1) === last) break;
  }
  aborter.abort();
  return { numbers, missed };
};

test('a reader that comes back after a burst of 50 MB gets all of it', async () => {
  await using admin = await startAdmin();
  burst(admin.hub, 200, 250_000);
  const { numbers, missed } = await readTo(admin, 1, 201);
  expect([numbers.length, numbers[0], missed]).toEqual([200, 2, 0]);
});

test('a reader that is overtaken is told how many events it missed, and goes on', async () => {
  await using admin = await startAdmin();
  burst(admin.hub, 1, 1);
  const { numbers, missed } = await readTo(admin, 2, 802, () => burst(admin.hub, 800, 250_000));
  expect([numbers.at(-1), numbers.length + missed]).toEqual([802, 800]);
  expect(missed).toBeGreaterThan(400);
});

test('a list comes in pages', async () => {
  await using admin = await startAdmin();
  burst(admin.hub, 40, 250_000);
  const sizes: number[] = [];
  for (let since = 1; since < 41; ) {
    const { body } = await admin.ask('GET', `/events?format=json&since=${since}`);
    const page: readonly { readonly sequence: number }[] = Array.isArray(body) ? body : [];
    sizes.push(page.length);
    since = page.at(-1)?.sequence ?? 41;
  }
  expect(sizes).toEqual([16, 16, 8]);
});
