import { expect, test } from 'vitest';
import { dueItems } from '../../emulator/hub/due.ts';
import { addDevices, newHub, START } from '../support/hub/hub.ts';

test('what is due is told in words, soonest first', () => {
  const { hub } = newHub();
  addDevices(hub, { d1: {} });
  const at = (seconds: number) => Date.parse(START) + seconds * 1000;
  hub.inbox.enqueue('d1', {
    body: Buffer.from('x'),
    properties: {},
    system: { expiryTimeUtc: new Date(at(90)).toISOString() },
  });
  const body = { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { etag: '*', tags: { a: 1 } } };
  hub.jobs.create('nightly', { ...body, startTime: new Date(at(60)).toISOString() });
  const due = () => dueItems(hub.scheduler, 10).filter(({ what }) => !what.startsWith('old messages'));
  expect(due()).toEqual([
    { at: at(0), what: 'job nightly starts, or is forgotten' },
    { at: at(90), what: 'a message expires, or is offered again', key: 'd1' },
  ]);
  expect(dueItems(hub.scheduler, 1)).toHaveLength(1);
});
