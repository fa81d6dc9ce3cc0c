import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveOptions } from '../../emulator/cli/option-sources.ts';
import { UsageError } from '../../emulator/options.ts';
import { freshFolder, run } from '../support/programs/command.ts';

const DEFAULTS = {
  host: 'localhost',
  httpsPort: 443,
  mqttPort: 8883,
  amqpPort: 5671,
  adminPort: 8088,
  lenientPorts: false,
  adminHost: '127.0.0.1',
  page: 'on',
  hostname: 'localhost',
  san: [],
  auth: 'strict',
  policyKeys: {},
  devices: [],
  durability: 'sync',
  partitions: 4,
  allowWebhook: [],
  consumerGroups: [],
  index: 'immediate',
  rollout: 'immediate',
  feedbackInterval: '15s',
  storage: 'own',
  clock: 'system',
  sdkFaults: 'off',
  tier: 'off',
  history: 100,
  faults: [],
  randomSeed: 1,
  logLevel: 'info',
  logFormat: 'pretty',
};

const resolve = (sources: Partial<Parameters<typeof resolveOptions>[0]>) =>
  resolveOptions({ flags: {}, environment: {}, folder: '/here', ...sources });

test('without sources the options have their defaults', () => {
  expect(resolve({})).toEqual(DEFAULTS);
});

test('flags win over the environment, that over the file, that over the defaults', () => {
  const options = resolve({
    flags: { httpsPort: 1 },
    environment: { IOTHUB_EMULATOR_HTTPS_PORT: '2', IOTHUB_EMULATOR_MQTT_PORT: '3' },
    file: { path: 'c.json', values: { $schema: 's', httpsPort: 4, mqttPort: 5, adminPort: 6 } },
  });
  expect(options).toEqual({ ...DEFAULTS, httpsPort: 1, mqttPort: 3, adminPort: 6 });
});

test('routes are JSON on a command line and in the environment', () => {
  const routing = { fallbackRoute: { isEnabled: true } };
  expect(resolve({ environment: { IOTHUB_EMULATOR_ROUTING: JSON.stringify(routing) } })).toEqual({
    ...DEFAULTS,
    routing,
  });
  expect(() => resolve({ environment: { IOTHUB_EMULATOR_ROUTING: 'all' } })).toThrow(UsageError);
});

test('the environment writes lists with commas and keys with =', () => {
  const options = resolve({
    environment: {
      IOTHUB_EMULATOR_SAN: 'emulator, 10.0.0.7',
      IOTHUB_EMULATOR_DEVICES: 'a,b',
      IOTHUB_EMULATOR_POLICY_KEYS: 'service=a2V5IG9uZQ==,device=a2V5IHR3bw==',
      IOTHUB_EMULATOR_RANDOM_SEED: '-12',
      IOTHUB_EMULATOR_AUTH: '',
    },
  });
  expect(options).toEqual({
    ...DEFAULTS,
    san: ['emulator', '10.0.0.7'],
    devices: ['a', 'b'],
    policyKeys: { service: 'a2V5IG9uZQ==', device: 'a2V5IHR3bw==' },
    randomSeed: -12,
  });
});

test('the environment writes faults as JSON: one, or a list', () => {
  const faults = (text: string) => resolve({ environment: { IOTHUB_EMULATOR_FAULTS: text } }).faults;
  const drop = { match: {}, effect: { type: 'drop' } };
  expect(faults('{"effect":{"type":"drop"}}')).toEqual([drop]);
  expect(faults('[{"effect":{"type":"drop"}},{"effect":{"type":"drop"}}]')).toEqual([drop, drop]);
  expect(() => faults('drop')).toThrow(
    new UsageError(
      'IOTHUB_EMULATOR_FAULTS: drop is not valid JSON: line 1, column 1: "d" is not expected here; names and texts need double quotes',
    ),
  );
});

test('paths of the file start from its folder, others from the caller’s', () => {
  const options = resolve({
    flags: { cert: 'tls/c.pem' },
    environment: { IOTHUB_EMULATOR_KEY: 'tls/k.pem' },
    file: { path: 'conf/x.json', values: { caDir: 'ca', cert: 'other.pem' } },
  });
  expect(options).toEqual({ ...DEFAULTS, caDir: '/here/conf/ca', cert: '/here/tls/c.pem', key: '/here/tls/k.pem' });
});

test('an error says where the value was set', () => {
  const refuse = (sources: Parameters<typeof resolve>[0]) => {
    try {
      return resolve(sources);
    } catch (error) {
      return error instanceof UsageError ? error.message : error;
    }
  };
  expect([
    refuse({ flags: { auth: 'x' } }),
    refuse({ environment: { IOTHUB_EMULATOR_ADMIN_PORT: 'eight' } }),
    refuse({ file: { path: 'c.json', values: { prot: 1 } } }),
    refuse({ file: { path: 'c.json', values: { devices: [{ id: 'ok', tag: {} }] } } }),
  ]).toEqual([
    '--auth: Invalid option: expected one of "strict"|"off"',
    'IOTHUB_EMULATOR_ADMIN_PORT: Invalid input: expected number, received string',
    'c.json: prot: there is no such option',
    'c.json: devices (0): Unrecognized key: "tag"',
  ]);
});

test('start reads the configuration file of the caller’s folder', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'iothub-emulator.config.json'), '{ "auth": "perhaps" }');
  writeFileSync(join(folder, 'sub/other.json'), '{ broken');
  const [found, named, missing] = await Promise.all([
    run(['start'], { cwd: folder }),
    run(['start', '--config', 'sub/other.json'], { cwd: folder }),
    run(['start', '--config', 'none.json'], { cwd: folder }),
  ]);
  expect([found.code, named.code, missing.code]).toEqual([2, 2, 2]);
  expect(found.stderr).toBe('iothub-emulator.config.json: auth: Invalid option: expected one of "strict"|"off"\n');
  expect(named.stderr).toMatch(/^sub\/other\.json cannot be read: line 1, column \d+: /);
  expect(missing.stderr).toMatch(/^none\.json cannot be read: ENOENT/);
});
