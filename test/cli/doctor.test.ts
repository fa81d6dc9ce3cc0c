import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../emulator/cli/run-program.ts';
import { examine, FREE, NO_EMULATOR, type Office, openOffice, type Row } from '../support/programs/doctor.ts';
import { asNobody, type Desk, desk } from '../support/programs/shell.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const only = async (line: string, at: Pick<Desk, 'type'> = office): Promise<Row | undefined> =>
  (await examine(line, at)).rows[0];

test('the running emulator is found, with its ports, its certificate and its clock', async () => {
  const { code, rows } = await examine('--only emulator port certificate clock', office);
  expect([code, rows.map(({ check, status }) => `${check} ${status}`)]).toEqual([
    0,
    [
      'emulator ok',
      'port.https warn',
      'port.mqtt warn',
      'port.amqp warn',
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
    fix: 'iothub-emulator exec --ports random -- CMD',
  });
});

test('events can be read, and endpoints of the routing that take nothing are found', async () => {
  const closed = createTcpServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const address = closed.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await new Promise((done) => closed.close(done));
  const routing = {
    endpoints: { webhooks: [{ name: 'hook', endpointUrl: `http://127.0.0.1:${port}` }] },
    routes: [{ name: 'all', source: 'DeviceLifecycleEvents', endpointNames: ['hook'] }],
  };
  const put = (path: string, body: unknown) =>
    fetch(office.adminUrl + path, {
      method: path === '/routing' ? 'PUT' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await put('/routing', routing)).status).toBe(200);
  expect((await examine('--only events', office)).rows).toMatchObject([
    { check: 'events', status: 'ok', text: expect.stringContaining('connection-string --events') },
    { check: 'events.hook', status: 'ok', text: 'nothing was sent to it yet; 0 waiting' },
  ]);
  await put('/seed', { devices: ['told'] });
  await expect
    .poll(async () => (await examine('--only events', office)).rows[1]?.status, { timeout: 20_000 })
    .toBe('warn');
  expect((await examine('--only events', office)).rows[1]).toMatchObject({
    text: expect.stringContaining('unhealthy: POST of http://127.0.0.1:'),
    fix: 'iothub-emulator routes list',
  });
  await put('/reset', {});
});

test('the text report has a line for each finding, followed by its fix', async () => {
  const { code, stdout } = await office.type('iothub-emulator doctor --only certificate node');
  expect([code, stdout.split('\n')]).toEqual([
    1,
    [
      expect.stringMatching(
        /^ok {4}certificate\.ca {6}\S+\/ca\.pem, valid until 20\d\d-\d\d-\d\d, SHA-256 [0-9A-F:]{95}$/,
      ),
      expect.stringMatching(/^ok {4}certificate\.key {5}only its owner may read \S+$/),
      expect.stringMatching(/^ok {4}certificate\.server {2}signed by the CA, valid until 20\d\d-\d\d-\d\d$/),
      expect.stringMatching(
        /^ok {4}certificate\.names {3}localhost, hub\.localhost, \*\.hub\.localhost, 127\.0\.0\.1, ::1, host\.docker\.internal, /,
      ),
      expect.stringMatching(/^fail {2}node {16}Node v\S+ refuses the hub: UNABLE_TO_VERIFY_LEAF_SIGNATURE$/),
      `                          export NODE_EXTRA_CA_CERTS=${office.ca}`,
      '',
    ],
  ]);
});

test('before the first start there is nothing to trust, and doctor creates nothing', async () => {
  const fresh = desk();
  const { code, rows } = await examine(`${NO_EMULATOR} ${FREE} --only emulator port certificate node`, fresh);
  expect([code, rows.map(({ check, status }) => `${check} ${status}`)]).toEqual([
    0,
    [
      'emulator skip',
      'port.https ok',
      'port.mqtt ok',
      'port.amqp ok',
      'port.admin ok',
      'certificate.ca warn',
      'certificate.server skip',
      'certificate.names skip',
      'node skip',
    ],
  ]);
  expect(existsSync(join(fresh.home, '.iothub-emulator'))).toBe(false);
});

test('without a hub, doctor says so first and looks at the folder of the next start', async () => {
  const fresh = desk();
  await fresh.type('iothub-emulator trust --store java --ca-dir elsewhere');
  const { rows } = await examine(`${NO_EMULATOR} --only emulator certificate`, {
    type: (line) => fresh.type(`IOTHUB_CA_FILE=$HOME/elsewhere/ca.pem ${line}`),
  });
  expect(rows.slice(0, 2).map(({ text }) => text)).toEqual([
    'there is none at http://127.0.0.1:9: the other checks are about the next start',
    'there is none yet: the first start creates it',
  ]);
});

test('a port that is in use is reported with the program that uses it', async () => {
  const busy = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const address = busy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const row = await only(`${NO_EMULATOR} --only port --https-port ${port}`);
  busy.close();
  expect(row).toMatchObject({
    status: 'fail',
    text:
      process.platform === 'linux'
        ? expect.stringMatching(`^${port} is in use by .+ \\(pid ${process.pid}\\)$`)
        : expect.any(String),
    fix: expect.stringMatching(/^iothub-emulator start --https-port \d+$/),
  });
});

test('a port that needs rights is reported with a command that grants them', async ({ skip }) => {
  const limit = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  skip(!existsSync(limit) || Number(readFileSync(limit, 'utf8')) <= 81, 'every user may open every port here');
  const { stdout } = await office.type(
    `${asNobody} iothub-emulator doctor ${NO_EMULATOR} -o json --only port --https-port 81`,
  );
  expect(JSON.parse(stdout).findings[0]).toEqual({
    check: 'port.https',
    status: 'fail',
    text: 'this user may not open 81',
    fix: 'sudo sysctl net.ipv4.ip_unprivileged_port_start=81',
  });
});

test('a difference of clocks is reported: one creates tokens, the other checks them', async () => {
  const hub = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
    response.end(
      '{"version":"1","hostname":"localhost","auth":"strict","ports":{"https":1,"mqtt":1,"admin":1},"lastEvent":0,"pid":1,"startedAt":"2026-01-01T00:00:00.000Z"}',
    );
  }).listen(0, '127.0.0.1');
  await new Promise((done) => hub.once('listening', done));
  const address = hub.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const row = await only(`--admin-url http://127.0.0.1:${port} --only clock`);
  hub.close();
  expect(row).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(
      /^the emulator's clock is 3(599|600|601) s ahead of this machine's: it will consider tokens expired$/,
    ),
  });
});

test('a proxy without an exception for the hub is reported', async () => {
  const behind = desk({ https_proxy: 'http://proxy.test:3128' });
  const row = await only(`${NO_EMULATOR} --only proxy`, behind);
  expect(row).toMatchObject({ status: 'warn', fix: expect.stringMatching(/^export NO_PROXY=localhost,127\.0\.0\.1/) });
  const { stdout } = await behind.type(`${row?.fix} && iothub-emulator doctor ${NO_EMULATOR} --only proxy`);
  expect(stdout).toBe('ok    proxy  https_proxy is set, and localhost is an exception\n');
});

test('a name without an address is a failure', async () => {
  expect((await examine(`${NO_EMULATOR} --only name --hostname no-such.invalid`, office)).rows).toContainEqual({
    check: 'name.no-such.invalid',
    status: 'fail',
    text: 'it has no address',
    fix: expect.stringContaining('127.0.0.1 no-such.invalid'),
  });
});

test('a check that does not exist is a usage error', async () => {
  const { code, stdout } = await office.type('iothub-emulator doctor --only moon');
  expect([code, stdout]).toEqual([2, '']);
});

test('a program that does not end is given up after a while', async () => {
  const context = { folder: office.home, environment: process.env };
  expect(await runProgram('sh', ['-c', 'sleep 60 & sleep 60'], { ...context, timeoutMs: 200 })).toBe('silent');
  expect(await runProgram('no-such-program', [], context)).toBe('absent');
});
