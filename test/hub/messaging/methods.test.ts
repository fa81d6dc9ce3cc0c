import { describe, expect, test } from 'vitest';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import { newHub, newSession, refusal } from '../../support/hub/hub.ts';

/** A hub with `d1`, connected and listening to methods if so wished. */
const newWorld = ({ listening = true } = {}) => {
  const world = newHub();
  world.hub.registry.create({ deviceId: 'd1' }, {});
  const device = newSession('d1');
  const connect = () => {
    world.hub.sessions.open(device.session, { resume: false });
    world.hub.sessions.subscribe(device.session, 'methods', 0);
  };
  if (listening) connect();
  return { ...world, methods: world.hub.methods, device, connect };
};

/** The code, status, text and info of a promise's refusal. */
const refused = async (answer: Promise<unknown>) => {
  const error = await answer.then(
    () => undefined,
    (reason) => reason,
  );
  return { code: error?.code, status: error?.status, message: error?.text, info: error?.info };
};

describe('a direct method', () => {
  test('reaches the listening device, whose answer is the result', async () => {
    const { methods, device, events } = newWorld();
    const answer = methods.invoke('d1', { methodName: 'reboot', payload: { delay: 5 } });
    expect(device.heard).toEqual([
      { type: 'method', requestId: '1', methodName: 'reboot', payload: jsonTextOf({ delay: 5 }) },
    ]);
    methods.respond('d1', '1', { status: 200, payload: jsonTextOf({ result: 1 }) });
    expect(await answer).toEqual({ status: 200, payload: { value: { result: 1 }, text: '{"result":1}' } });
    expect(events.slice(-2).map(({ sequence, at, ...event }) => event)).toEqual([
      { type: 'method.called', key: 'd1', requestId: '1', methodName: 'reboot', payload: { delay: 5 } },
      { type: 'method.answered', key: 'd1', requestId: '1', status: 200, payload: { result: 1 } },
    ]);
  });

  test('without a payload sends null', () => {
    const { methods, device } = newWorld();
    methods.invoke('d1', { methodName: 'reboot' });
    expect(device.heard).toMatchObject([{ payload: { value: null, text: 'null' } }]);
  });

  test('reaches a module of the device', async () => {
    const { hub, methods } = newWorld();
    hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
    const module = newSession('d1/m1');
    hub.sessions.open(module.session, { resume: false });
    hub.sessions.subscribe(module.session, 'methods', 0);
    const answer = methods.invoke('d1/m1', { methodName: 'blink' });
    methods.respond('d1', '1', { status: 500, payload: jsonTextOf('not mine') });
    methods.respond('d1/m1', '1', { status: 200, payload: jsonTextOf(null) });
    expect(await answer).toEqual({ status: 200, payload: jsonTextOf(null) });
  });

  // observed 2026-08-15 on a live hub
  test('to a device that is offline, or connected without listening, is refused at once', async () => {
    const { hub, methods, device } = newWorld({ listening: false });
    const offline = {
      code: 'DeviceNotOnline',
      status: 404,
      message:
        "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
      info: undefined,
    };
    expect(await refused(methods.invoke('d1', { methodName: 'reboot' }))).toEqual(offline);
    hub.sessions.open(device.session, { resume: false });
    expect(await refused(methods.invoke('d1', { methodName: 'reboot' }))).toEqual(offline);
  });

  test('to an unknown device or module is refused', async () => {
    const { methods } = newWorld();
    const codeOf = async (key: string) => (await refused(methods.invoke(key, { methodName: 'reboot' }))).code;
    expect(await codeOf('nobody')).toBe('DeviceNotFound');
    expect(await codeOf('nobody/m1')).toBe('DeviceNotFound');
    expect(await codeOf('d1/nobody')).toBe('ModuleNotFound');
  });

  // text and info as in https://github.com/Azure/azure-iot-sdk-c/issues/717
  test('without an answer times out on the hub’s clock, after 30 seconds by default', async () => {
    const { methods, clock } = newWorld();
    let settled = 0;
    const long = methods.invoke('d1', { methodName: 'a' }).finally(() => settled++);
    const short = methods.invoke('d1', { methodName: 'b', responseTimeoutInSeconds: 5 });
    clock.advance(5_000);
    const late = { code: 'GatewayTimeout', status: 504, message: 'Timed out waiting for the response from device.' };
    expect(await refused(short)).toEqual({ ...late, info: { timeout: '00:00:05' } });
    clock.advance(24_999);
    await Promise.resolve();
    expect(settled).toBe(0);
    clock.advance(1);
    expect(await refused(long)).toEqual({ ...late, info: { timeout: '00:00:30' } });
  });

  test('understands the older name of the response timeout', async () => {
    const { methods, clock } = newWorld();
    const answer = methods.invoke('d1', { methodName: 'reboot', timeout: 60 });
    clock.advance(60_000);
    expect(await refused(answer)).toMatchObject({ code: 'GatewayTimeout', info: { timeout: '00:01:00' } });
  });

  test('fails when the device leaves, or is replaced, before it answers', async () => {
    const { hub, methods, device, connect } = newWorld();
    const first = methods.invoke('d1', { methodName: 'reboot' });
    hub.sessions.close(device.session);
    const closed = { code: 'DeviceConnectionClosedRemotely', status: 404 };
    expect(await refused(first)).toMatchObject(closed);
    connect();
    const second = methods.invoke('d1', { methodName: 'reboot' });
    hub.sessions.open(newSession('d1').session, { resume: false });
    expect(await refused(second)).toMatchObject(closed);
  });

  test('ignores an answer that comes late, twice, or to nothing', async () => {
    const { methods, clock } = newWorld();
    const answer = methods.invoke('d1', { methodName: 'reboot', responseTimeoutInSeconds: 5 });
    clock.advance(5_000);
    methods.respond('d1', '1', { status: 200, payload: jsonTextOf(null) });
    methods.respond('d1', 'ff', { status: 200, payload: jsonTextOf(null) });
    expect(await refused(answer)).toMatchObject({ code: 'GatewayTimeout' });
  });

  test('fails when the answer of the device is not JSON, or too large', async () => {
    const { methods } = newWorld();
    const first = methods.invoke('d1', { methodName: 'reboot' });
    methods.respond('d1', '1', { status: 200, payload: undefined });
    expect(await refused(first)).toMatchObject({ code: 'InvalidResponseWhileProxying', status: 502 });
    const second = methods.invoke('d1', { methodName: 'reboot' });
    methods.respond('d1', '2', { status: 200, payload: jsonTextOf('x'.repeat(131_071)) });
    expect(await refused(second)).toMatchObject({ code: 'InvalidResponseWhileProxying', status: 502 });
  });

  test('leaves at most ten calls waiting for one device', async () => {
    const { methods, device } = newWorld();
    const waiting = Array.from({ length: 10 }, () => methods.invoke('d1', { methodName: 'reboot' }));
    expect(await refused(methods.invoke('d1', { methodName: 'reboot' }))).toMatchObject({
      code: 'DeviceMaximumInflightMethodExceeded',
      status: 403,
    });
    for (const message of device.heard)
      if (message.type === 'method')
        methods.respond('d1', message.requestId, { status: 200, payload: jsonTextOf(null) });
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ status: 200, payload: jsonTextOf(null) })));
    expect(refusal(() => methods.call('d1', methods.read({ methodName: 'reboot' }), () => {}))).toBeUndefined();
  });
});

describe('the connection timeout', () => {
  const call = { methodName: 'reboot', connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 30 };

  test('waits for the device to connect and to listen', async () => {
    const { hub, methods, clock, device } = newWorld({ listening: false });
    const answer = methods.invoke('d1', call);
    clock.advance(9_000);
    hub.sessions.open(device.session, { resume: false });
    clock.advance(500);
    expect(device.heard).toEqual([]);
    hub.sessions.subscribe(device.session, 'methods', 1);
    clock.settle();
    expect(device.heard).toEqual([{ type: 'method', requestId: '1', methodName: 'reboot', payload: jsonTextOf(null) }]);
    methods.respond('d1', '1', { status: 200, payload: jsonTextOf(null) });
    expect(await answer).toEqual({ status: 200, payload: jsonTextOf(null) });
  });

  test('reaches a device whose kept subscription comes back with it', () => {
    const { hub, methods, clock, device } = newWorld({ listening: false });
    hub.sessions.open(device.session, { resume: true });
    hub.sessions.subscribe(device.session, 'methods', 1);
    hub.sessions.close(device.session);
    methods.invoke('d1', call).catch(() => {});
    hub.sessions.open(device.session, { resume: true });
    expect(device.heard).toEqual([]);
    clock.settle();
    expect(device.heard.length).toBe(1);
  });

  test('ends the call if the device does not connect, or disconnects again', async () => {
    const { hub, methods, clock, device, connect } = newWorld({ listening: false });
    const answer = methods.invoke('d1', call);
    clock.advance(3_000);
    connect();
    hub.sessions.close(device.session);
    clock.advance(7_000);
    expect(await refused(answer)).toEqual({
      code: 'DeviceNotOnline',
      status: 404,
      message: 'Timed out waiting for device to connect.',
      info: { timeout: '00:00:10' },
    });
  });
});

describe('the body of a call', () => {
  test('is refused in the words of the hub', async () => {
    const { methods } = newWorld();
    const messageOf = async (body: Parameters<typeof methods.invoke>[1]) => {
      const { code, status, message } = await refused(methods.invoke('d1', body));
      expect([code, status]).toEqual(['ArgumentInvalid', 400]);
      return message;
    };
    const methodName = 'reboot';
    expect(await messageOf({ methodName: 'x'.repeat(101) })).toBe('MethodName cannot be longer than 100');
    for (const responseTimeoutInSeconds of [4, 301, 7.5, '30'])
      expect(await messageOf({ methodName, responseTimeoutInSeconds })).toBe(
        'responseTimeoutInSeconds must be within [5; 300].',
      );
    for (const connectTimeoutInSeconds of [-1, 301])
      expect(await messageOf({ methodName, connectTimeoutInSeconds })).toBe(
        'connectTimeoutInSeconds must be within [0; 300].',
      );
    expect(await messageOf({ methodName, connectTimeoutInSeconds: 31 })).toMatch(
      /^Device connection timeout .* cannot be longer than an overall call timeout/,
    );
    expect(await messageOf({ methodName, payload: 'x'.repeat(131_071) })).toBe(
      'Payload should not be greater than 131072 bytes.',
    );
    for (const body of [undefined, null, [], {}, { methodName: '' }, { methodName: 7 }, { methodName: 'a/#' }])
      expect(await messageOf(body)).not.toBe('');
  });

  test('may be as long as the limits say', () => {
    const { methods } = newWorld();
    const longest = { methodName: 'x'.repeat(100), payload: 'x'.repeat(131_070), responseTimeoutInSeconds: 300 };
    expect(methods.read({ ...longest, connectTimeoutInSeconds: 300 })).toEqual({
      ...longest,
      payload: jsonTextOf(longest.payload),
      connectTimeoutInSeconds: 300,
    });
    expect(methods.read({ methodName: 'a', payload: null, responseTimeoutInSeconds: 5, timeout: null })).toEqual({
      methodName: 'a',
      payload: jsonTextOf(null),
      responseTimeoutInSeconds: 5,
      connectTimeoutInSeconds: 0,
    });
  });

  test('nested far too deep is refused without a crash', async () => {
    const { methods } = newWorld();
    const payload = JSON.parse('['.repeat(60_000) + ']'.repeat(60_000));
    expect(await refused(methods.invoke('d1', { methodName: 'a', payload }))).toMatchObject({
      code: 'ArgumentInvalid',
    });
  });
});
