import type { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { commandLine } from '../shell-quoting.ts';
import type { Authority } from '../trust/authority.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { hostnameOf } from './names.ts';
import type { Subject } from './subject.ts';
import { serverCertificates } from './target.ts';

export const certificateCheck = async (subject: Subject): Promise<Finding[]> => {
  const certificates = await serverCertificates(subject);
  return [
    authorityFinding(subject),
    ...(await keyFindings(subject)),
    serverFinding(certificates, subject),
    namesFinding(certificates, subject),
  ];
};

const authorityFinding = ({ authority, isAuthorityHere, hasOwnCertificate, start, found }: Subject): Finding => {
  const check = 'certificate.ca';
  if (hasOwnCertificate) return skip(check, 'the certificate is your own: its CA is not known here');
  if (authority === undefined) return warn(check, 'there is none yet: the first start creates it', start);
  if (!isAuthorityHere)
    return warn(
      check,
      `the CA of ${found.url} is in no file of this machine`,
      commandLine(['curl', '-fsS', '--create-dirs', '-o', authority.file, `${found.url}/ca.pem`]),
    );
  const { cert, file } = authority;
  return isCurrent(cert)
    ? ok(check, `${file}, valid until ${day(cert.validTo)}, SHA-256 ${cert.fingerprint256}`)
    : fail(check, `${file} expired on ${day(cert.validTo)}: the next start creates another`, start);
};

/** With the key of the CA one can impersonate any host to programs that trust the CA. */
const keyFindings = async ({ authority, isAuthorityHere }: Subject): Promise<Finding[]> => {
  const check = 'certificate.key';
  if (authority === undefined || !isAuthorityHere) return [];
  const file = join(authority.folder, 'authority.pem');
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return [skip(check, "the CA's key is not on this machine")];
  if (process.platform === 'win32') return [skip(check, file)];
  const mode = found.mode & 0o777;
  if ((mode & 0o077) === 0) return [ok(check, `only its owner may read ${file}`)];
  return [fail(check, `${file} has mode ${mode.toString(8)}: others may read it`, commandLine(['chmod', '600', file]))];
};

const serverFinding = (
  certificates: readonly X509Certificate[],
  { authority, hub, hasOwnCertificate, start }: Subject,
): Finding => {
  const check = 'certificate.server';
  const [first] = certificates;
  const isRunning = typeof hub === 'object';
  if (first === undefined)
    return isRunning
      ? fail(check, 'the emulator does not answer on its HTTPS port', RESTART)
      : skip(check, 'there is none yet');
  const bad = (text: string): Finding => {
    if (hasOwnCertificate) return fail(check, text, 'get a new certificate');
    return isRunning ? fail(check, text, RESTART) : warn(check, `${text}; the next start renews it`, start);
  };
  const until = day(first.validTo);
  if (!certificates.every(isCurrent)) return bad(`it expired on ${until}`);
  if (authority === undefined) return ok(check, `valid until ${until}`);
  return certificates.every((certificate) => isIssued(certificate, authority))
    ? ok(check, `signed by the CA, valid until ${until}`)
    : bad(`it is not signed by ${authority.file}`);
};

const RESTART = 'restart the emulator';

const namesFinding = (certificates: readonly X509Certificate[], subject: Subject): Finding => {
  const check = 'certificate.names';
  const { options, hub, hasOwnCertificate, start } = subject;
  if (certificates.length === 0) return skip(check, 'there is no certificate yet');
  const usual = hasOwnCertificate ? [] : ['localhost', 'hub.localhost', '127.0.0.1', '::1'];
  const names = [...new Set([...usual, hostnameOf(subject), ...options.san])];
  const missing = names.filter((name) => !certificates.every((certificate) => covers(certificate, name)));
  const has = namesOf(certificates[0]).join(', ');
  if (missing.length === 0) return ok(check, has);
  const sans = missing.flatMap((name) => ['--san', name]);
  const text = `it lacks ${missing.join(', ')}; it has ${has}`;
  if (hasOwnCertificate) return fail(check, text, 'get a certificate that has these names');
  // a start renews a certificate that lacks a name
  return typeof hub === 'object'
    ? fail(check, text, `${start} ${commandLine(sans)}`)
    : ok(check, `${text}; the next start renews it`);
};

/** The names and addresses of a certificate, as it lists them. */
const namesOf = (certificate: X509Certificate | undefined): string[] =>
  (certificate?.subjectAltName ?? '').split(', ').map((entry) => {
    const name = entry.replace(/^(?:DNS|IP Address):/, '');
    return name === '0:0:0:0:0:0:0:1' ? '::1' : name;
  });

const covers = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;

const isIssued = (certificate: X509Certificate, { cert }: Authority): boolean =>
  certificate.checkIssued(cert) && certificate.verify(cert.publicKey);

const isCurrent = ({ validFrom, validTo }: X509Certificate): boolean =>
  Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo);

const day = (date: string): string => new Date(date).toISOString().slice(0, 10);
