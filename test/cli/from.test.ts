import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { sharedCa } from '../support/programs/command.ts';
import { desk } from '../support/programs/shell.ts';

let laptop: Emulator;
beforeAll(async () => {
  laptop = await startEmulator({ ports: 'random', caDir: sharedCa, adminToken: 'secret', devices: ['pump'] });
});
afterAll(() => laptop.close());

const fetched = (home: string): string =>
  join(home, '.iothub-emulator', 'from', new URL(laptop.adminUrl).host.replace(':', '-'), 'ca.pem');

test('env --from prints the variables of an emulator elsewhere, and the fingerprint of its CA to compare', async () => {
  const { home, type } = desk();
  const { code, stdout, stderr } = await type(
    `iothub-emulator env --from ${laptop.adminUrl}/ --admin-token secret --device pump -o json`,
  );
  const { fingerprint256 } = new X509Certificate(laptop.ca ?? '');
  expect([code, stderr.split('\n')]).toEqual([
    0,
    [
      `CA of ${laptop.adminUrl}, SHA-256 fingerprint:`,
      fingerprint256,
      'Compare it with what `iothub-emulator doctor --only certificate` prints on that machine.',
      '',
    ],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    IOTHUB_CONNECTION_STRING: laptop.connectionString(),
    IOTHUB_DEVICE_CONNECTION_STRING: laptop.deviceConnectionString('pump'),
    IOTHUB_EMULATOR_ADMIN_URL: laptop.adminUrl,
    IOTHUB_EMULATOR_ADMIN_TOKEN: 'secret',
    NODE_EXTRA_CA_CERTS: fetched(home),
  });
  expect(new X509Certificate(readFileSync(fetched(home))).fingerprint256).toBe(fingerprint256);
});

test('env --from without the token says how to give it', async () => {
  const { code, stdout, stderr } = await desk().type(`iothub-emulator env --from ${laptop.adminUrl}`);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('Give it with --admin-token or IOTHUB_EMULATOR_ADMIN_TOKEN.');
});

test('trust --from uses the CA of an emulator elsewhere, without its token', async () => {
  const { home, type } = desk();
  const { code, stdout, stderr } = await type(`iothub-emulator trust --print --from ${laptop.adminUrl}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`export NODE_EXTRA_CA_CERTS=${fetched(home)}\n`);
  expect(stderr).toContain(new X509Certificate(laptop.ca ?? '').fingerprint256);
});

// the variables of requests and OpenSSL, which docs/sdks.md names
test('what trust --from prints for Python sets nothing but trust, also before env has written a bundle', async () => {
  const { home, type } = desk();
  const { stdout } = await type(`iothub-emulator trust --print --from ${laptop.adminUrl}`);
  const [, line = ''] = /^# Python and az\n(.*)$/m.exec(stdout) ?? [];
  const bundle = fetched(home).replace(/ca\.pem$/, 'bundle.pem');
  expect(line).toBe(`export SSL_CERT_FILE=${bundle} REQUESTS_CA_BUNDLE=${bundle}`);
  expect(readFileSync(bundle, 'utf8')).toContain(readFileSync(fetched(home), 'utf8').trim());
});

test('a --from that is not a URL is a usage error, and changes nothing', async () => {
  const { home, type } = desk();
  expect(await type('iothub-emulator trust --print --from teacher')).toEqual({
    code: 2,
    stdout: '',
    stderr: '--from teacher is not a valid URL: give that of the admin API, such as http://192.168.1.20:8088\n',
  });
  expect(existsSync(join(home, '.iothub-emulator'))).toBe(false);
});
