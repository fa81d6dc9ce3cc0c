import type { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { commandLine } from '../shell.ts';
import type { Authority } from '../trust/authority.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { leavesOf } from './leaf.ts';
import { hostnameOf } from './names.ts';
import type { Patient } from './patient.ts';

export const certificateCheck = async (patient: Patient): Promise<Finding[]> => {
  const leaves = await leavesOf(patient);
  return [
    authorityFinding(patient),
    ...(await keyFindings(patient)),
    serverFinding(leaves, patient),
    namesFinding(leaves, patient),
  ];
};

const authorityFinding = ({ authority, isAuthorityHere, isOwn, start, place }: Patient): Finding => {
  const check = 'certificate.ca';
  if (isOwn) return skip(check, 'the certificate was brought along, trust is not ours to give');
  if (authority === undefined) return warn(check, 'there is none yet: the first start makes it', start);
  if (!isAuthorityHere)
    return warn(
      check,
      `that of ${place.url} is in no file here`,
      commandLine(['curl', '-fsS', '--create-dirs', '-o', authority.file, `${place.url}/ca.pem`]),
    );
  const { cert, file } = authority;
  return runsNow(cert)
    ? ok(check, `${file}, until ${day(cert.validTo)}`)
    : fail(check, `${file} has run out on ${day(cert.validTo)}: the next start makes another`, start);
};

/** Whoever reads the CA's key can be any host to programs that trust the CA. */
const keyFindings = async ({ authority, isAuthorityHere }: Patient): Promise<Finding[]> => {
  const check = 'certificate.key';
  if (authority === undefined || !isAuthorityHere) return [];
  const file = join(authority.folder, 'authority.pem');
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return [skip(check, "the CA's key is not on this machine")];
  if (process.platform === 'win32') return [skip(check, file)];
  const mode = found.mode & 0o777;
  if ((mode & 0o077) === 0) return [ok(check, `${file} is for its owner only`)];
  return [fail(check, `${file} has mode ${mode.toString(8)}: others may read it`, commandLine(['chmod', '600', file]))];
};

const serverFinding = (leaves: readonly X509Certificate[], { authority, hub, isOwn, start }: Patient): Finding => {
  const check = 'certificate.server';
  const [first] = leaves;
  const isRunning = typeof hub === 'object';
  if (first === undefined)
    return isRunning
      ? fail(check, 'the emulator does not answer on its HTTPS port', RESTART)
      : skip(check, 'there is none yet');
  const bad = (text: string): Finding => {
    if (isOwn) return fail(check, text, 'get a new certificate');
    return isRunning ? fail(check, text, RESTART) : warn(check, `${text}; the next start renews it`, start);
  };
  const until = day(first.validTo);
  if (!leaves.every(runsNow)) return bad(`it has run out on ${until}`);
  if (authority === undefined) return ok(check, `until ${until}`);
  return leaves.every((leaf) => isIssued(leaf, authority))
    ? ok(check, `signed by the CA, until ${until}`)
    : bad(`it is not signed by ${authority.file}`);
};

const RESTART = 'restart the emulator';

const namesFinding = (leaves: readonly X509Certificate[], patient: Patient): Finding => {
  const check = 'certificate.names';
  const { options, hub, isOwn, start } = patient;
  if (leaves.length === 0) return skip(check, 'there is no certificate yet');
  const usual = isOwn ? [] : ['localhost', 'hub.localhost', '127.0.0.1', '::1'];
  const names = [...new Set([...usual, hostnameOf(patient), ...options.san])];
  const missing = names.filter((name) => !leaves.every((leaf) => covers(leaf, name)));
  if (missing.length === 0) return ok(check, names.join(', '));
  const sans = missing.flatMap((name) => ['--san', name]);
  const text = `it is not for ${missing.join(', ')}`;
  if (isOwn) return fail(check, text, 'get a certificate for these names');
  // a start renews a certificate that lacks a name
  return typeof hub === 'object'
    ? fail(check, text, `${start} ${commandLine(sans)}`)
    : ok(check, `${text}; the next start renews it`);
};

const covers = (leaf: X509Certificate, name: string): boolean =>
  (isIP(name) ? leaf.checkIP(name) : leaf.checkHost(name)) !== undefined;

const isIssued = (leaf: X509Certificate, { cert }: Authority): boolean =>
  leaf.checkIssued(cert) && leaf.verify(cert.publicKey);

const runsNow = ({ validFrom, validTo }: X509Certificate): boolean =>
  Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo);

const day = (date: string): string => new Date(date).toISOString().slice(0, 10);
