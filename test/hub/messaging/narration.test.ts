import { expect, test } from 'vitest';
import { Narration } from '../../../emulator/hosting/narration.ts';
import { silentLog } from '../../../emulator/log.ts';
import { addDevices, newHub } from '../../support/hub/hub.ts';
import { message } from '../../support/hub/messages.ts';

test('a message to a device is one line of the log, when the device receives it', () => {
  const { hub } = newHub();
  addDevices(hub, { d1: {} });
  const lines: unknown[] = [];
  new Narration({ ...silentLog, info: (...line) => lines.push(line) }).follow(hub.events);
  hub.inbox.enqueue('d1', message('abc'));
  hub.inbox.receive('d1');
  expect(lines).toEqual([['Delivered a message', { device: 'd1', bytes: 3 }]]);
});
