import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../emulator/cli/ask.ts';
import { examine, FREE, NOBODY, type Office, openOffice, type Row } from '../support/doctor.ts';
import { asNobody, type Desk, desk } from '../support/shell.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const only = async (line: string, at: Pick<Desk, 'type'> = office): Promise<Row | undefined> =>
  (await examine(line, at)).rows[0];

test('the emulator that runs is found, with its ports, its certificate and its clock', async () => {
  const { code, rows } = await examine('--only emulator port certificate clock', office);
  expect([code, rows.map(({ check, status }) => `${check} ${status}`)]).toEqual([
    0,
    [
      'emulator ok',
      'port.https warn',
      'port.mqtt warn',
      'port.admin ok',
      'certificate.ca ok',
      'certificate.key ok',
      'certificate.server ok',
      'certificate.names ok',
      'clock ok',
    ],
  ]);
  expect(rows[0]?.text).toMatch(/^version \S+ runs at http:\/\/127\.0\.0\.1:\d+, pid \d+$/);
  expect(rows[1]).toMatchObject({
    text: expect.stringContaining('most SDKs have 443 built in'),
    mend: 'iothub-emulator exec --ports random -- CMD',
  });
});

test('a report for people has a line for each finding, and below it the line that mends it', async () => {
  const { code, stdout } = await office.type('iothub-emulator doctor --only certificate node');
  expect([code, stdout.split('\n')]).toEqual([
    1,
    [
      expect.stringMatching(/^ok {4}certificate\.ca {6}\S+\/ca\.pem, until 20\d\d-\d\d-\d\d$/),
      expect.stringMatching(/^ok {4}certificate\.key {5}\S+ is for its owner only$/),
      expect.stringMatching(/^ok {4}certificate\.server {2}signed by the CA, until 20\d\d-\d\d-\d\d$/),
      'ok    certificate.names   localhost, hub.localhost, 127.0.0.1, ::1',
      expect.stringMatching(/^fail {2}node {16}Node v\S+ refuses the hub: UNABLE_TO_VERIFY_LEAF_SIGNATURE$/),
      `                          export NODE_EXTRA_CA_CERTS=${office.ca}`,
      '',
    ],
  ]);
});

test('before the first start there is nothing to trust, and nothing is made', async () => {
  const fresh = desk();
  const { code, rows } = await examine(`${NOBODY} ${FREE} --only emulator port certificate node`, fresh);
  expect([code, rows.map(({ check, status }) => `${check} ${status}`)]).toEqual([
    0,
    [
      'emulator skip',
      'port.https ok',
      'port.mqtt ok',
      'port.admin ok',
      'certificate.ca warn',
      'certificate.server skip',
      'certificate.names skip',
      'node skip',
    ],
  ]);
  expect(existsSync(join(fresh.home, '.iothub-emulator'))).toBe(false);
});

test('a port that is taken is told with its owner', async () => {
  const busy = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const address = busy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const row = await only(`${NOBODY} --only port --https-port ${port}`);
  busy.close();
  expect(row).toMatchObject({
    status: 'fail',
    text:
      process.platform === 'linux'
        ? expect.stringMatching(`^${port} is taken by .+ \\(pid ${process.pid}\\)$`)
        : expect.any(String),
    mend: expect.stringMatching(/^iothub-emulator start --https-port \d+$/),
  });
});

test('a port that needs rights is told, and how to have them', async ({ skip }) => {
  const limit = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  skip(!existsSync(limit) || Number(readFileSync(limit, 'utf8')) <= 81, 'everybody may open every port here');
  const { stdout } = await office.type(
    `${asNobody} iothub-emulator doctor ${NOBODY} -o json --only port --https-port 81`,
  );
  expect(JSON.parse(stdout).findings[0]).toEqual({
    check: 'port.https',
    status: 'fail',
    text: 'this user may not open 81',
    mend: 'sudo sysctl net.ipv4.ip_unprivileged_port_start=81',
  });
});

test('clocks that differ are told, since tokens are made by one and judged by the other', async () => {
  const hub = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
    response.end('{"version":"1","hostname":"localhost","ports":{"https":1,"mqtt":1,"admin":1}}');
  }).listen(0, '127.0.0.1');
  await new Promise((done) => hub.once('listening', done));
  const address = hub.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const row = await only(`--admin-url http://127.0.0.1:${port} --only clock`);
  hub.close();
  expect(row).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(
      /^the emulator's clock is 3(599|600|601) s ahead of this machine's: it will find tokens expired$/,
    ),
  });
});

test('a proxy that would be asked for the hub is told, until it is not', async () => {
  const behind = desk({ https_proxy: 'http://proxy.test:3128' });
  const row = await only(`${NOBODY} --only proxy`, behind);
  expect(row).toMatchObject({ status: 'warn', mend: expect.stringMatching(/^export NO_PROXY=localhost,127\.0\.0\.1/) });
  const { stdout } = await behind.type(`${row?.mend} && iothub-emulator doctor ${NOBODY} --only proxy`);
  expect(stdout).toBe('ok    proxy  https_proxy is set, and localhost is excepted\n');
});

test('a name that leads nowhere is a failure', async () => {
  expect((await examine(`${NOBODY} --only name --hostname no-such.invalid`, office)).rows).toContainEqual({
    check: 'name.no-such.invalid',
    status: 'fail',
    text: 'no address is found for it',
    mend: expect.stringContaining('127.0.0.1 no-such.invalid'),
  });
});

test('a check that does not exist is a usage error', async () => {
  const { code, stdout } = await office.type('iothub-emulator doctor --only moon');
  expect([code, stdout]).toEqual([2, '']);
});

test('a program that never answers is left alone after a while', async () => {
  const surroundings = { folder: office.home, environment: process.env };
  expect(await ask('sh', ['-c', 'sleep 60 & sleep 60'], { ...surroundings, patience: 200 })).toBe('silent');
  expect(await ask('no-such-program', [], surroundings)).toBe('absent');
});
