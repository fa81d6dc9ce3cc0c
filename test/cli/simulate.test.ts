import { expect, test } from 'vitest';
import { Client } from '../../clients/device/index.ts';
import { simulateDevice } from '../../emulator/cli/simulate/simulate-device.ts';
import { namedTemplate, templateOf } from '../../emulator/cli/simulate/template.ts';
import { startEmulator } from '../../emulator/index.ts';
import { FakeTransport } from '../clients/fake-transport.ts';
import { begin, run, sharedCa } from '../support/programs/command.ts';

test('a simulated device reports, answers methods, and sends values from the ranges of its template', async () => {
  const transport = new FakeTransport();
  const lines: string[] = [];
  const template = templateOf({
    telemetry: { celsius: [10, 20], unit: 'C' },
    reported: { firmware: '2.1' },
    methods: { ping: 'pong' },
  });
  const device = await simulateDevice(new Client(transport), template, {
    random: () => 0.25,
    tell: (line) => lines.push(line),
  });
  await device.send();
  expect(lines).toEqual(['connected', 'reported {"firmware":"2.1"}', 'sent {"celsius":12.5,"unit":"C"}']);
  transport.emit('method', { requestId: '1', methodName: 'ping', body: Buffer.from('null') });
  expect(transport.responses.map(({ status, payload }) => [status, payload])).toEqual([[200, 'pong']]);
});

test('device simulate runs against a hub until it is interrupted', async () => {
  await using emulator = await startEmulator({ ports: 'random', caDir: sharedCa, devices: ['oven'] });
  const telemetry = new Promise((done) =>
    emulator.hub.events.listen((event) => event.type === 'telemetry' && done(event)),
  );
  const env = { IOTHUB_CONNECTION_STRING: emulator.connectionString(), IOTHUB_CA_FILE: emulator.caFile ?? '' };
  const program = begin(['device', 'simulate', 'oven', '--interval', '3600'], { env });
  expect(await telemetry).toMatchObject({ key: 'oven', message: { system: { contentType: 'application/json' } } });
  await program.line('sent ');
  program.child.kill('SIGINT');
  const { code, stdout } = await program.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^connected\nreported \{.+\}\nsent \{"temperature":[\d.]+,"humidity":[\d.]+\}\n$/);
});

test.each([
  [['--template', '{"telemetry":{"celsius":[1]}}'], /^--template: telemetry\.celsius: /],
  [['--template', '{"telemetrie":{}}'], /^--template: the whole: /],
  [['--interval', '0'], /^--interval 0 is not a valid number of seconds\n$/],
])('%j is a usage error', async (args, says) => {
  expect(await run(['device', 'simulate', 'oven', ...args])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(says),
  });
});

test('device simulate has devices ready made, and names them', async () => {
  expect(await namedTemplate('lamp', async () => [])).toMatchObject({
    telemetry: { brightness: [0, 100] },
    reported: { lamp: 'off' },
  });
  const env = { IOTHUB_CONNECTION_STRING: 'HostName=localhost;SharedAccessKeyName=x;SharedAccessKey=eA==' };
  expect(await run(['device', 'simulate', 'oven', '--template', 'toaster'], { env })).toMatchObject({
    code: 2,
    stderr: '--template toaster: there are climate, lamp, chiller, tracker, or give JSON\n',
  });
});

test('a template that was saved in a fork is listed there, and simulated', async () => {
  await using emulator = await startEmulator({ ports: 'random', caDir: sharedCa, devices: ['fan'] });
  await using fork = emulator.fork('ada'); // its device has the same key
  const env = { IOTHUB_CA_FILE: emulator.caFile ?? '', IOTHUB_EMULATOR_ADMIN_URL: emulator.adminUrl };
  const say = (...args: string[]) => run([...args, '--hub', 'ada'], { env });
  const template = JSON.stringify({ reported: { blades: 3 } });
  expect(await say('templates', 'save', 'my-fan', template, '--title', 'A fan')).toMatchObject({ code: 0, stderr: '' });
  expect((await say('templates', 'list')).stdout).toMatch(/^my-fan +A fan +yes +blades *$/m);
  expect(emulator.hub.deviceTemplates.list().some(({ isSaved }) => isSaved)).toBe(false);
  const program = begin(['device', 'simulate', 'fan', '--template', 'my-fan', '--hub', 'ada', '--interval', '3600'], {
    env,
  });
  await expect.poll(() => fork.hub.twins.get('fan').twin.reported.values).toEqual({ blades: 3 });
  expect(emulator.hub.twins.get('fan').twin.reported.values).toEqual({});
  program.child.kill('SIGINT');
  await program.ended;
  expect((await say('device', 'simulate', 'fan', '--template', 'toaster')).stderr).toContain(
    'tracker, my-fan, or give',
  );
  expect(await say('templates', 'save', 'lamp', template)).toMatchObject({ code: 1 });
  expect(await say('templates', 'delete', 'my-fan')).toMatchObject({ code: 0 });
  expect(await say('templates', 'delete', 'my-fan')).toMatchObject({ code: 3 });
});

test('with --hub or --admin-url the device is that of the emulator, and its refusal is told', async () => {
  await using emulator = await startEmulator({ ports: 'random', caDir: sharedCa, devices: ['lathe'], adminToken: 's' });
  const env = {
    IOTHUB_CONNECTION_STRING: 'HostName=other.azure-devices.net;SharedAccessKeyName=x;SharedAccessKey=eA==',
    IOTHUB_CA_FILE: emulator.caFile ?? '',
    IOTHUB_EMULATOR_ADMIN_URL: emulator.adminUrl,
  };
  const simulate = (...args: string[]) => ['device', 'simulate', 'lathe', ...args];
  const program = begin(simulate('--admin-url', emulator.adminUrl, '--admin-token', 's', '--interval', '3600'), {
    env,
  });
  await program.line('sent ');
  program.child.kill('SIGINT');
  expect(await program.ended).toMatchObject({ code: 0 });
  expect(await run(simulate('--template', 'mine', '--hub', 'eve', '--admin-token', 's'), { env })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('eve'),
  });
  expect(await run(simulate('--template', 'mine', '--admin-token', 'wrong'), { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Give it with --admin-token'),
  });
  expect(await run(simulate('--hub', 'eve', '--admin-token', 's'), { env })).toMatchObject({ code: 3 });
});
