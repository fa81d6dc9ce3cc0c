import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';
import type { Session } from '../../emulator/hub/messaging/session.ts';

const test = base.extend(
  hubFixtures({ devices: [{ id: 'oven', modules: [{ id: 'filter' }] }], feedbackInterval: '0s' }),
);

const textOf = ({ body }: { readonly body: Uint8Array }) => new TextDecoder().decode(body);

test('a test sends messages, waits until the device has completed one, and sees what waits', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  expect(oven.sendMessage('first', { system: { messageId: 'm1', ack: 'full' } })).toBe(1);
  oven.sendMessage({ celsius: 220 }, { properties: { urgent: 'yes' } });
  const { inbox } = iotHub.hub;
  inbox.complete('oven', inbox.receive('oven')?.lock.token ?? '');
  expect(textOf(await until(oven).completes())).toBe('first');
  expect(oven.inbox().map((message) => [textOf(message), message.properties])).toEqual([
    ['{"celsius":220}', { urgent: 'yes' }],
  ]);
  const { records } = await until(iotHub).emits('feedback.enqueued');
  expect(records).toMatchObject([{ originalMessageId: 'm1', statusCode: 'Success' }]);
});

test('a wait for a message says what there was instead', async ({ iotHub }) => {
  Object.assign(iotHub, { timeoutMs: 1 });
  const oven = iotHub.device('oven');
  oven.sendMessage('x');
  await expect(until(oven).completes()).rejects.toThrow(
    'Waited 0.001 s for oven to complete a message; it completed 0, none of which matches; 1 wait',
  );
});

test('a module that is connected gets messages to its inputs', async ({ iotHub }) => {
  const heard: unknown[] = [];
  const filter = iotHub.device('oven', 'filter');
  expect(() => filter.sendToInput('limits', 'x')).toThrow('DeviceNotOnline');
  const session: Session = { key: 'oven/filter', protocol: 'test', deliver: (one) => heard.push(one), close: () => {} };
  iotHub.hub.sessions.open(session, { resume: false });
  iotHub.hub.sessions.subscribe(session, 'inputs');
  filter.sendToInput('limits', { celsius: 220 });
  expect(heard).toMatchObject([{ type: 'input', input: 'limits' }]);
});
