import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Certificates, loadCertificates } from '../../../emulator/certificates/certificates.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;
const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'certificates-'));
const load = (folder: string, options: { now?: number; names?: string[] } = {}): Promise<Certificates> =>
  loadCertificates({ folder, now: NOW, ...options });

let folder: string;
let first: Certificates;
beforeAll(async () => {
  folder = await newFolder();
  first = await load(folder);
});

test('the second start uses the certificates of the first', async () => {
  expect(await load(folder)).toEqual(first);
  expect(first.caFile).toBe(join(folder, 'ca.pem'));
  expect(await readFile(join(folder, 'ca.pem'), 'utf8')).toBe(first.ca);
});

test('both kinds of key serve every name for at most 397 days, from yesterday on', () => {
  const certs = first.cert.map((pem) => new X509Certificate(pem));
  expect(certs.map(({ publicKey }) => publicKey.asymmetricKeyType)).toEqual(['ec', 'rsa']);
  for (const cert of certs) {
    for (const name of ['localhost', 'hub.localhost', 'contoso.hub.localhost', 'host.docker.internal'])
      expect(cert.checkHost(name), name).toBeDefined();
    for (const address of ['127.0.0.1', '::1']) expect(cert.checkIP(address), address).toBe(address);
    expect(Date.parse(cert.validFrom)).toBe(NOW - DAY);
    expect(Date.parse(cert.validTo)).toBe(NOW + 396 * DAY);
    expect(cert.serialNumber).toMatch(/^[0-7][0-9A-F]{31}$/);
  }
});

test('only the owner may read private keys, everyone the CA certificate', async () => {
  const mode = async (name: string): Promise<string> => ((await stat(join(folder, name))).mode & 0o777).toString(8);
  expect([await mode('authority.pem'), await mode('server.pem'), await mode('ca.pem')]).toEqual(['600', '600', '644']);
});

test('OpenSSL accepts the chains under strict rules', async () => {
  const files = await Promise.all(
    first.cert.map(async (pem, index) => {
      const file = join(folder, `leaf${index}.pem`);
      await writeFile(file, pem);
      return file;
    }),
  );
  const at = String(NOW / 1000);
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    'sslserver',
    '-attime',
    at,
    '-CAfile',
    first.caFile ?? '',
    ...files,
  ];
  expect(execFileSync('openssl', args, { encoding: 'utf8' })).toBe(files.map((file) => `${file}: OK\n`).join(''));
});

test('certificates are renewed 30 days before they expire, by the same CA', async () => {
  const place = await newFolder();
  const before = await load(place);
  expect(await load(place, { now: NOW + 365 * DAY })).toEqual(before);
  const after = await load(place, { now: NOW + 367 * DAY });
  expect(after.ca).toBe(before.ca);
  expect(after.cert).not.toEqual(before.cert);
});

test('an additional name leads to new certificates of the same CA', async () => {
  const place = await newFolder();
  const before = await load(place);
  const after = await load(place, { names: ['factory.example', '10.1.2.3', 'fd00::1'] });
  expect(after.ca).toBe(before.ca);
  const cert = new X509Certificate(after.cert[1] ?? '');
  expect([cert.checkHost('factory.example'), cert.checkIP('10.1.2.3'), cert.checkIP('fd00::1')]).toEqual([
    'factory.example',
    '10.1.2.3',
    'fd00::1',
  ]);
  expect(await load(place, { names: ['factory.example', '10.1.2.3', 'fd00::1'] })).toEqual(after);
});

test('hubs with different names that use one folder in turn share one certificate', async () => {
  const place = await newFolder();
  await load(place, { names: ['127.0.0.2'] });
  const both = await load(place, { names: ['127.0.0.3', 'factory.example'] });
  expect(await load(place, { names: ['127.0.0.2'] })).toEqual(both);
  const { subjectAltName } = new X509Certificate(both.cert[0] ?? '');
  expect(subjectAltName?.match(/127\.0\.0\.2/g)).toHaveLength(1);
});

test('a server certificate of another CA is replaced', async () => {
  const place = await newFolder();
  const { ca } = await load(place);
  await writeFile(join(place, 'server.pem'), await readFile(join(folder, 'server.pem')));
  const healed = await load(place);
  expect(healed.ca).toBe(ca);
  expect(new X509Certificate(healed.cert[0] ?? '').verify(new X509Certificate(ca ?? '').publicKey)).toBe(true);
});

test('a CA that is damaged is kept, and the start fails with the file and what to do', async () => {
  const place = await newFolder();
  const file = join(place, 'authority.pem');
  await writeFile(file, 'half a fi');
  await expect(load(place)).rejects.toThrow(
    `${file} is damaged. Delete it to get a new CA, which clients must trust again.`,
  );
  expect(await readFile(file, 'utf8')).toBe('half a fi');
});

test('a CA of the future is kept: the clock is wrong', async () => {
  const place = await newFolder();
  await load(place);
  await expect(load(place, { now: NOW - 3 * DAY })).rejects.toThrow(
    "is valid from Nov 22 12:00:00 2026 GMT, and this machine's clock says 2026-11-20T12:00:00.000Z. Set the clock,",
  );
});

test('a CA that expires is replaced with a warning', async () => {
  const place = await newFolder();
  const { ca } = await load(place);
  const said: string[] = [];
  const later = await loadCertificates({ folder: place, now: NOW + 3640 * DAY, warn: (text) => said.push(text) });
  expect([said, later.ca === ca]).toEqual([['Replaced the CA'], false]);
});

test('first starts at the same moment end with one CA', async () => {
  const place = await newFolder();
  const starts = await Promise.all(Array.from({ length: 6 }, () => load(place)));
  const [{ ca } = expect.unreachable()] = starts;
  const authority = new X509Certificate(ca ?? '');
  for (const start of starts) {
    expect(start.ca).toBe(ca);
    for (const cert of start.cert) expect(new X509Certificate(cert).verify(authority.publicKey)).toBe(true);
  }
  expect(await readFile(join(place, 'ca.pem'), 'utf8')).toBe(ca);
  expect((await load(place)).ca).toBe(ca);
});

test('a certificate of the user is presented unchanged, without a CA', async () => {
  const own = { cert: join(folder, 'own.pem'), key: join(folder, 'own.key') };
  await writeFile(own.cert, first.cert[0] ?? '');
  await writeFile(own.key, first.key[0] ?? '');
  expect(await loadCertificates({ own })).toEqual({
    key: [first.key[0]],
    cert: [first.cert[0]],
    ca: undefined,
    caFile: undefined,
  });
});
