import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signSas } from '../../../protocol/sas.ts';
import { startRest, tokenOf } from '../../support/wire/rest-client.ts';

const RUNS = 10_000;
const TURNS = 12;
const LATER = Math.floor(Date.now() / 1000) + 3600;
const EVENTS = '/devices/d1/messages/events';
const INBOX = '/devices/d1/messages/deviceBound';
/** Every message has this lock, so that some are settled. */
const LOCK = '00000000-0000-4000-8000-000000000001';
const BATCH =
  '[{"body":"b25l","base64Encoded":true,"properties":{"iothub-app-k":"v"}},{"body":"x","base64Encoded":false}]';

test(`${RUNS} damaged requests: nothing uncaught, no answer above 499, others notice nothing`, async () => {
  await using rest = await startRest();
  for (const id of ['d1', 'witness']) await rest.ask('PUT', `/devices/${id}`, { body: {} });
  const before = await rest.ask('GET', '/twins/witness');
  Object.assign(rest.hub.ids, { lockToken: () => LOCK });
  const signed =
    (token: string) =>
    (method: string, path: string, body: string, type = 'application/json; charset=utf-8'): string =>
      `${method} ${path}?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\n` +
      `If-Match: "*"\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const request = signed(tokenOf('iothubowner'));
  const { primaryKey } = rest.hub.registry.get('d1').identity.authentication;
  const device = signed(signSas({ resource: 'localhost/devices/d1', key: primaryKey ?? '', expiry: LATER }));
  const requests = [
    request('GET', '/devices/d1', ''),
    request('PUT', '/devices/d1', '{"deviceId":"d1","status":"enabled","authentication":{"type":"sas"}}'),
    request('PATCH', '/twins/d1', '{"tags":{"a":{"b":[1,"c",null]}},"properties":{"desired":{"x":-1.5e3}}}'),
    request('PUT', '/twins/d1', '{"tags":{"ä":"\\u0000"},"properties":{"desired":{"y":true}}}'),
    request('POST', '/devices', '[{"id":"d1","importMode":"updateTwin","tags":{"k":1}}]'),
    request('POST', '/twins/d1/methods', '{"methodName":"m","payload":{},"responseTimeoutInSeconds":30}'),
    request('GET', '/statistics/devices', ''),
    request('POST', '/devices/d1/messages/deviceBound', 'go', 'text/plain\r\niothub-ack: full\r\niothub-app-b: 2'),
    device('POST', EVENTS, 'hot', 'text/plain\r\niothub-app-a: 1\r\niothub-messageid: m1'),
    device('POST', EVENTS, BATCH, 'application/vnd.microsoft.iothub.json'),
    device('GET', INBOX, '', 'text/plain\r\niothub-messagelocktimeout: 5'),
    device('DELETE', `${INBOX}/${LOCK}`, ''),
    device('POST', `${INBOX}/${LOCK}/abandon`, ''),
  ].map((text) => Buffer.from(text));
  const edit = fc.record({ at: fc.nat(600), value: fc.nat(255), kind: fc.nat(3) });
  const statuses = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(requests.length - 1), { minLength: 1, maxLength: 2 }),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async (chosen, edits) => {
        let bytes = Buffer.concat(chosen.map((index) => requests[index] ?? Buffer.alloc(0)));
        for (const { at, value, kind } of edits) {
          const index = at % Math.max(1, bytes.length);
          if (kind === 0) bytes[index] = value;
          else if (kind === 1)
            bytes = Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1 + (value % 32))]);
          else if (kind === 2)
            bytes = Buffer.concat([bytes.subarray(0, index), Buffer.from([value]), bytes.subarray(index)]);
          else bytes.fill(bytes[index] ?? 0, index, Math.min(bytes.length, index + 2));
        }
        const heard = await said(rest.http, bytes);
        for (const [line = ''] of heard.matchAll(/HTTP\/1\.1 \d\d\d/g))
          statuses.set(line.slice(9), (statuses.get(line.slice(9)) ?? 0) + 1);
      },
    ),
    { numRuns: RUNS, seed: 20261123 },
  );
  expect([...statuses.keys()].filter((status) => status >= '500')).toEqual([]);
  expect([...statuses.keys()]).toEqual(
    expect.arrayContaining(['200', '204', '400', '401', '403', '404', '405', '412']),
  );
  const happened = rest.events.map(({ type }) => type);
  expect(happened).toEqual(expect.arrayContaining(['telemetry', 'c2d.delivered', 'c2d.completed', 'c2d.abandoned']));
  expect(rest.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await rest.ask('GET', '/twins/witness')).text).toBe(before.text);
}, 60_000);

/** Sends `bytes` on a new connection, closes it a few turns of the event loop later, and returns what came back. */
const said = async (http: NodeJS.EventEmitter, bytes: Buffer): Promise<string> => {
  const [near, far] = duplexPair();
  let heard = '';
  near.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  near.on('error', () => undefined);
  http.emit('connection', far);
  near.write(bytes);
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise(setImmediate);
  near.destroy();
  far.destroy();
  return heard;
};
