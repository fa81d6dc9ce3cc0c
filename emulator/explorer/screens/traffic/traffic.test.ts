import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { parseSearch } from '../../../../protocol/search.ts';
import { fits } from '../../../../protocol/traffic-search.ts';
import { createClient } from '../../api/client.ts';
import type { Arrivals } from '../../api/stream.ts';
import type { TrafficDetail, TrafficEntry } from '../../api/types.ts';
import { followTraffic, toggleTerm, trafficList } from './data.ts';
import { SNIPPETS } from './snippets.ts';

const entry = (id: number, more: Partial<TrafficEntry> = {}): TrafficEntry => ({
  id,
  at: '2026-01-01T12:00:00Z',
  who: 'thermostat-07',
  role: 'device',
  protocol: 'MQTT',
  operation: 'twin.report',
  asked: 'PATCH reported',
  answered: '204',
  status: 204,
  outcome: 'ok',
  ...more,
});

const refused = entry(2, {
  who: 'iothubowner',
  role: 'service',
  protocol: 'REST',
  operation: 'rest',
  asked: 'PATCH /twins/thermostat-11?api-version=2021-04-12',
  answered: '412',
  status: 412,
  outcome: 'refused',
  why: 'the etag is old',
});

test.each([
  ['status:4xx', [2]],
  ['status:204', [1]],
  ['device:thermostat-11', [2]],
  ['device:thermostat-*', [1, 2]],
  ['who:iothubowner', [2]],
  ['op:twin', [1]],
  ['proto:mqtt*', [1]],
  ['errors', [2]],
  ['-errors', [1]],
  ['etag', [2]],
  ['"patch reported"', [1]],
  ['status:4xx device:thermostat-07', []],
  ['since:2026-01-01T12:00:00.500Z', []],
  ['since:2026-01-01T11:59:00.000Z', [1, 2]],
  ['', [1, 2]],
])('%s finds %j', (search, ids) => {
  const terms = parseSearch(search);
  expect([entry(1), refused].filter((each) => fits(each, terms)).map(({ id }) => id)).toEqual(ids);
});

test('a device’s traffic is what it says and what a service says about it', () => {
  const list = trafficList(signal([entry(1), refused, entry(3, { who: 'thermostat-1' })]), signal(''), 'thermostat-11');
  expect(list.shown.value.map(({ id }) => id)).toEqual([2]);
});

test('a pill puts its term into the search, replaces one of its kind, and takes it out', () => {
  expect(toggleTerm('status:4xx', 'errors')).toBe('status:4xx errors');
  expect(toggleTerm('proto:rest errors', 'proto:mqtt*')).toBe('errors proto:mqtt*');
  expect(toggleTerm('errors text', 'errors')).toBe('text');
});

test('what comes while the kept entries are on their way is neither lost nor doubled', async () => {
  let answer = (_: Response): void => {};
  let tell = (_: Arrivals): void => {};
  const client = createClient('', () => {
    const { promise, resolve } = deferred();
    answer = resolve;
    return promise;
  });
  const listen = (listener: typeof tell) => {
    tell = listener;
    return () => {};
  };
  const stream = { listen, whenMissed: () => () => {} } as never; // only these are used
  const traffic = followTraffic({ client, stream });
  tell({ events: [], traffic: [entry(3), entry(4)], leftOut: [] });
  answer(Response.json([entry(1), entry(2), entry(3)]));
  await expect.poll(() => traffic.all.value.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  traffic.close();
});

const deferred = () => {
  let resolve = (_: Response): void => {};
  const promise = new Promise<Response>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

const detail = (more: Partial<TrafficDetail>): TrafficDetail => ({
  ...refused,
  request: {
    line: 'PATCH /twins/thermostat-11?api-version=2021-04-12',
    fields: [['if-match', '"AAE="']],
    body: `{"tags":{"who":"it's"}}`,
  },
  answer: { line: '412 Precondition Failed', fields: [] },
  ...more,
});

const written = (title: string, of: TrafficDetail): string =>
  SNIPPETS.find((snippet) => snippet.title === title)?.write(of) ?? '';

test('a request is copied as curl, with quotes that a shell understands', () => {
  expect(written('curl', detail({}))).toBe(
    [
      'curl -X PATCH "https://$IOTHUB_HOST/twins/thermostat-11?api-version=2021-04-12"',
      '-H "authorization: $IOTHUB_SAS"',
      `-H 'if-match: "AAE="'`,
      "-H 'content-type: application/json'",
      `-d '{"tags":{"who":"it'\\''s"}}'`,
    ].join(' \\\n  '),
  );
});

test('a publication is copied as mosquitto_pub', () => {
  const publication = detail({
    ...entry(1),
    request: { line: 'PUBLISH', fields: [['topic', 'devices/d1/messages/events/']], body: '{"t":1}' },
  });
  expect(SNIPPETS.filter(({ suits }) => suits(publication)).map(({ title }) => title)).toEqual([
    'mosquitto_pub',
    'Node',
  ]);
  expect(written('mosquitto_pub', publication)).toContain(`-t 'devices/d1/messages/events/' -m '{"t":1}'`);
});

test('a request is copied as an az command', () => {
  expect(written('az', detail({}))).toMatch(/^az iot hub device-twin update --device-id 'thermostat-11'/);
  const query = detail({
    request: { line: 'POST /devices/query?api-version=1', fields: [], body: '{"query":"SELECT 1"}' },
  });
  expect(written('az', query)).toMatch(/^az iot hub query --query-command 'SELECT 1'/);
});
