import { expect, test } from 'vitest';
import { logEvents } from '../../../emulator/hosting/log-events.ts';
import { newFilesHub } from '../../support/hub/files.ts';
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
