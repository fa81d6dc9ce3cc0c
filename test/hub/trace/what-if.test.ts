import { expect, test } from 'vitest';
import type { Downlink, Session } from '../../../emulator/hub/messaging/session.ts';
import { Player } from '../../../emulator/hub/trace/player.ts';
import { Recorder } from '../../../emulator/hub/trace/recorder.ts';
import { MASK, type TraceLine } from '../../../emulator/hub/trace/trace.ts';
import { WhatIf } from '../../../emulator/hub/trace/what-if.ts';
import { FaultRule } from '../../../protocol/fault.ts';
import { newHub } from '../../support/hub/hub.ts';

/** A device connects, reports, takes a message, leaves, connects again and reports. */
const recorded = (): TraceLine[] => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const lines: TraceLine[] = [];
  const recorder = new Recorder(hub, { by: '1.0.0', options: {}, write: (line) => lines.push(JSON.parse(line)) });
  const heard: Downlink[] = [];
  const session = (): Session => ({
    key: 'd1',
    protocol: 'mqtt',
    deliver: (message) => heard.push(message),
    close: () => {},
  });
  const first = session();
  hub.sessions.open(first, { resume: false });
  hub.sessions.subscribe(first, 'c2d');
  hub.twins.report('d1', { n: 1 });
  hub.inbox.enqueue('d1', { body: Uint8Array.of(1), system: {}, properties: {} });
  for (const message of heard) if (message.type === 'c2d') hub.inbox.complete('d1', message.lockToken);
  hub.twins.report('d1', { n: 2 });
  hub.sessions.close(first, 'client');
  hub.sessions.open(session(), { resume: false });
  hub.twins.report('d1', { n: 3 });
  recorder.stop();
  return lines;
};

const whatIf = (rule: object) => {
  const [one, other] = [0, 1].map(() => {
    const { hub, clock } = newHub({ derive: () => MASK });
    return { hub, clock, player: new Player(hub, clock) };
  });
  if (one === undefined || other === undefined) throw new Error('there are two');
  const run = new WhatIf(one, other, [FaultRule.parse(rule)]);
  for (const line of recorded()) run.play(line);
  const { first, events, twins } = run.changes();
  const about = (event: { readonly type: string } | undefined) => event?.type;
  return { first: [about(first?.recorded), about(first?.instead)], events, twins, hub: other.hub };
};

const match = (operation: string) => ({ operation, times: 1 });

test('a device whose connection is refused says nothing until it connects again', () => {
  const { first, events, twins } = whatIf({
    match: match('connect'),
    effect: { type: 'error', code: 'ServiceUnavailable' },
  });
  expect(first).toEqual(['session.opened', undefined]);
  expect(events).toContainEqual({ type: 'twin.reported', recorded: 3, instead: 1 });
  expect(events).toContainEqual({ type: 'session.opened', recorded: 2, instead: 1 });
  expect(twins).toEqual([]); // the last report is the same
});

test('a connection that falls silent neither reports nor takes messages', () => {
  const { first, events, hub } = whatIf({ match: match('twin.report'), effect: { type: 'blackHole' } });
  expect(first).toEqual(['twin.reported', undefined]);
  expect(events).toContainEqual({ type: 'twin.reported', recorded: 3, instead: 1 });
  expect(events).toContainEqual({ type: 'c2d.completed', recorded: 1, instead: 0 });
  expect(hub.inbox.list('d1')).toHaveLength(1);
});

test('a message that is lost on its way is not completed', () => {
  const { first, events, hub } = whatIf({ match: match('c2d.receive'), effect: { type: 'drop' } });
  expect(first).toEqual(['c2d.completed', undefined]);
  expect(events).toContainEqual({ type: 'c2d.completed', recorded: 1, instead: 0 });
  expect(hub.inbox.list('d1')).toMatchObject([{ deliveryCount: 0 }]);
});

test.each(['reorder', 'duplicate'])('%s of a report changes nothing in the hub', (type) => {
  expect(whatIf({ match: match('twin.report'), effect: { type } })).toMatchObject({
    first: [undefined, undefined],
    events: [],
    twins: [],
  });
});
