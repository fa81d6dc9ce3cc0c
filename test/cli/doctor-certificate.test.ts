import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintAuthority, mintServer } from '../../emulator/certificates/mint.ts';
import { begin, freshFolder } from '../support/programs/command.ts';
import { examine, FREE, NO_EMULATOR, type Office, openOffice, type Row } from '../support/programs/doctor.ts';
import { type Desk, desk } from '../support/programs/shell.ts';

const DAY = 86_400_000;

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const only = async (line: string, at: Pick<Desk, 'type'> = office): Promise<Row | undefined> =>
  (await examine(line, at)).rows[0];

test.each(['node', 'python', 'java'])('%s refuses the hub, and trusts it after the fix', async (name) => {
  const { code, rows } = await examine(`--only ${name}`, office);
  const bad = rows.filter(({ status }) => status === 'fail');
  if (bad.length === 0)
    expect(rows[0]?.text).toContain('is not installed'); // a machine may lack Python or Java
  else expect([code, rows[0]?.text]).toEqual([1, expect.stringMatching(/ v?\d+\.\d+.* refuses the hub: /)]);
  for (const { check, fix } of bad) {
    const { stdout } = await office.type(`${fix} && iothub-emulator doctor -o json --only ${name}`);
    expect(JSON.parse(stdout).findings.find((row: Row) => row.check === check)).toEqual({
      check,
      status: 'ok',
      text: expect.stringMatching(/ trusts the hub$/),
      fix: null,
    });
  }
});

test('Node that checks no certificate is a warning', async () => {
  expect(
    await only('--only node', { type: (line) => office.type(`NODE_TLS_REJECT_UNAUTHORIZED=0 ${line}`) }),
  ).toMatchObject({
    status: 'warn',
    text: expect.stringContaining('trusts every certificate over HTTPS, and none over MQTT'),
    fix: `export NODE_EXTRA_CA_CERTS=${office.ca}`,
  });
});

test('without an emulator, the certificate of the next start is examined', async () => {
  const fresh = desk();
  await fresh.type('iothub-emulator trust --store java');
  expect(await only(`${NO_EMULATOR} --only node`, fresh)).toMatchObject({ status: 'fail' });
  const type: Desk['type'] = (line) => fresh.type(`NODE_EXTRA_CA_CERTS=$HOME/.iothub-emulator/ca.pem ${line}`);
  expect(await only(`${NO_EMULATOR} --only node`, { type })).toMatchObject({ status: 'ok' });
});

test('a key of the CA that others may read is a failure, until the fix', async () => {
  const key = join(office.ca, '..', 'authority.pem');
  chmodSync(key, 0o644);
  const { rows } = await examine('--only certificate', office);
  expect(rows[1]).toEqual({
    check: 'certificate.key',
    status: 'fail',
    text: `${join(key)} has mode 644: others may read it`,
    fix: `chmod 600 ${join(key)}`,
  });
  await office.type(rows[1]?.fix ?? '');
  expect(await examine('--only certificate', office)).toMatchObject({ code: 0 });
});

/** Flags for a certificate of the user, created some days ago. */
const ownCertificate = async (names: readonly string[], age: number): Promise<string> => {
  const folder = freshFolder();
  const [pair] = await mintServer(mintAuthority(Date.now()), names, Date.now() - age * DAY);
  writeFileSync(join(folder, 'cert.pem'), pair?.cert ?? '');
  writeFileSync(join(folder, 'key.pem'), pair?.key ?? '');
  return `--cert ${join(folder, 'cert.pem')} --key ${join(folder, 'key.pem')}`;
};

test.each([
  { names: ['plant.test'], age: 0, findings: { 'certificate.server': 'ok', 'certificate.names': 'fail' } },
  { names: ['localhost'], age: 400, findings: { 'certificate.server': 'fail', 'certificate.names': 'ok' } },
])('a certificate of $names that is $age days old is examined like any other', async ({ names, age, findings }) => {
  const { rows } = await examine(`${NO_EMULATOR} --only certificate ${await ownCertificate(names, age)}`, office);
  expect(Object.fromEntries(rows.map(({ check, status }) => [check, status]))).toMatchObject(findings);
});

test('the names that a certificate has are printed beside those that it lacks', async () => {
  const { rows } = await examine(
    `${NO_EMULATOR} --only certificate ${await ownCertificate(['plant.test'], 0)}`,
    office,
  );
  expect(rows.find(({ check }) => check === 'certificate.names')?.text).toBe('it lacks localhost; it has plant.test');
});

test('an emulator with a certificate of the user is examined without a CA', async () => {
  const shop = desk();
  const flags = `${FREE} --log-format json ${await ownCertificate(['localhost'], 0)}`;
  const other = begin(['start', ...flags.split(' ')], { env: shop.env });
  await other.line('"ready"');
  const { rows } = await examine('--only certificate node', shop);
  other.child.kill('SIGTERM');
  await other.ended;
  expect(rows.map(({ check, status, fix }) => [check, status, fix])).toEqual([
    ['certificate.ca', 'skip', null],
    ['certificate.server', 'ok', null],
    ['certificate.names', 'ok', null],
    ['node', 'fail', null],
  ]);
});

test('a CA that is in no file of this machine is read from the emulator', async () => {
  const remote = desk({ IOTHUB_EMULATOR_ADMIN_URL: office.adminUrl });
  const { rows } = await examine('--only certificate', remote);
  expect(rows[0]).toMatchObject({
    check: 'certificate.ca',
    status: 'warn',
    fix: expect.stringMatching(/^curl .+\/ca\.pem$/),
  });
  const { stdout } = await remote.type(`${rows[0]?.fix} && iothub-emulator doctor -o json --only certificate node`);
  const found: Row[] = JSON.parse(stdout).findings;
  expect(found.map(({ check, status }) => `${check} ${status}`)).toEqual([
    'certificate.ca ok',
    'certificate.key skip',
    'certificate.server ok',
    'certificate.names ok',
    'node fail',
  ]);
  const { stdout: fixed } = await remote.type(`${found.at(-1)?.fix} && iothub-emulator doctor --only node`);
  expect(fixed).toMatch(/^ok {4}node {2}Node v\S+ trusts the hub\n$/);
});
