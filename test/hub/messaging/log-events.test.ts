import { expect, test } from 'vitest';
import { logEvents } from '../../../emulator/hosting/log-events.ts';
import { warnOfWaiting } from '../../../emulator/hosting/log-losses.ts';
import { newEgress } from '../../support/hub/egress.ts';
import { newFilesHub } from '../../support/hub/files.ts';
import { newHub } from '../../support/hub/hub.ts';
import { HOUR, newWorld } from '../../support/hub/messages.ts';
import { listeningLog } from '../../support/wire/rest-client.ts';

test('messages that do not reach their device are in the log, with cause and remedy', () => {
  const { hub, inbox, clock, send } = newWorld();
  const { log, lines } = listeningLog();
  logEvents(hub.events, log);
  send('x', { messageId: 'm1' });
  for (let i = 0; i < 10; i++) inbox.abandon('d1', inbox.receive('d1')?.lock.token ?? '');
  send('x', { messageId: 'm2' });
  clock.advance(HOUR);
  const said = { level: 'warn', fields: { device: 'd1', cause: expect.any(String), remedy: expect.any(String) } };
  expect(lines).toMatchObject([
    { ...said, text: 'Gave up a message to a device', fields: { ...said.fields, messageId: 'm1', sequenceNumber: 1 } },
    {
      ...said,
      text: 'A message to a device has expired',
      fields: { ...said.fields, messageId: 'm2', sequenceNumber: 2 },
    },
  ]);
});

test('uploads that no one ends, and files that are not there, are in the log too', async () => {
  const { hub, files, begin, clock } = newFilesHub();
  const { log, lines } = listeningLog();
  logEvents(hub.events, log);
  await files.complete('d1', { isSuccess: true }, begin('a').correlationId);
  begin('b');
  clock.advance(HOUR);
  const said = { level: 'warn', fields: { device: 'd1', cause: expect.any(String), remedy: expect.any(String) } };
  expect(lines).toMatchObject([
    { ...said, text: 'An uploaded file is not there', fields: { ...said.fields, blob: 'd1/a' } },
    { ...said, text: 'An upload of a file was not ended in time', fields: { ...said.fields, blob: 'd1/b' } },
  ]);
});

test('what routing loses is in the log the 1st, 10th and 100th time, and endpoints that take nothing', () => {
  const { egress, sent } = newEgress();
  const { hub, clock } = newHub({ egress, partitions: 1 });
  const { log, lines } = listeningLog();
  logEvents(hub.events, log);
  hub.registry.create({ deviceId: 'd1' }, {});
  const send = () => hub.telemetry.receive('d1', { body: new Uint8Array(), properties: {}, system: {} });
  hub.router.replace({});
  for (let n = 0; n < 100; n++) send();
  expect(lines).toMatchObject([
    { level: 'warn', text: 'A message was lost', fields: { device: 'd1', cause: expect.stringContaining('no route') } },
    { text: 'A message was lost', fields: { times: 10 } },
    { text: 'A message was lost', fields: { times: 100 } },
  ]);
  hub.router.replace({
    endpoints: { webhooks: [{ name: 'hook', endpointUrl: 'http://localhost' }] },
    routes: [{ name: 'all', source: 'DeviceMessages', endpointNames: ['hook'] }],
  });
  send();
  sent[0]?.end({ problem: 'it answered 503' });
  clock.advance(10_000);
  sent[1]?.end({ problem: 'it answered 400', isFinal: true });
  send();
  sent[2]?.end({ problem: 'it answered 503' });
  clock.advance(10_000);
  sent[3]?.end();
  expect(lines.slice(3)).toMatchObject([
    {
      level: 'warn',
      text: 'An endpoint did not take messages',
      fields: { endpoint: 'hook', cause: 'it answered 503' },
    },
    { level: 'warn', text: 'Gave up messages for an endpoint', fields: { cause: 'it answered 400', messages: 1 } },
    { level: 'info', text: 'An endpoint takes messages again', fields: { endpoint: 'hook' } },
  ]);
  send();
  warnOfWaiting(hub, log);
  expect(lines.at(-1)).toMatchObject({
    level: 'warn',
    text: 'Messages for an endpoint are lost',
    fields: { endpoint: 'hook', messages: 1 },
  });
});
