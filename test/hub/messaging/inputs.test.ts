import { expect, test } from 'vitest';
import { newSession, refusal } from '../../support/hub/hub.ts';
import { message, newWorld } from '../../support/hub/messages.ts';

test('a message to an input reaches the module that listens', () => {
  const { hub, events } = newWorld();
  const { session, heard } = newSession('d1/m1');
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'inputs', 1);
  const sent = message('x');
  hub.inputs.send('d1/m1', 'in1', sent);
  expect(heard).toEqual([{ type: 'input', input: 'in1', message: sent }]);
  expect(events.at(-1)).toMatchObject({ type: 'input.sent', key: 'd1/m1', input: 'in1' });
});

test.each([
  ['d1/m1', 'in1', 'DeviceNotOnline'],
  ['d1/m9', 'in1', 'DeviceNotFound'],
  ['d1', 'in1', 'ArgumentInvalid'],
  ['d1/m1', 'a/b', 'ArgumentInvalid'],
  ['d1/m1', '', 'ArgumentInvalid'],
])('a message to %s %j is refused with %s', (key, input, code) => {
  const { hub } = newWorld();
  expect(refusal(() => hub.inputs.send(key, input, message('x')))).toMatchObject({ code });
});
