import { X509Certificate } from 'node:crypto';
import { promises } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, createFile, readText, replaceFile } from '../files.ts';
import { defaultFolder, makeFolder, temporaryFolder } from './folder.ts';
import { mintAuthority, mintServer } from './mint.ts';
import { type Pair, readPairs, writePairs } from './pem.ts';

/** The certificates of a TLS server, and the CA that its clients must trust. */
export interface Certificates {
  /** Private keys, PEM, one for each certificate of `cert`. */
  readonly key: readonly string[];
  /** Certificate chains, PEM. */
  readonly cert: readonly string[];
  /** The development CA, PEM; undefined if the user gave a certificate. */
  readonly ca: string | undefined;
  /** The file of `ca`. */
  readonly caFile: string | undefined;
}

export interface CertificateOptions {
  /** Folder of the CA; default `~/.iothub-emulator`, or a temporary one if that cannot be written. */
  readonly folder?: string | undefined;
  /** Names and addresses beyond the usual ones. */
  readonly names?: readonly string[] | undefined;
  /** Files of a certificate that the user gave; then no certificate is issued. */
  readonly own?: { readonly cert: string; readonly key: string } | undefined;
  /** Wall clock, ms since 1970. */
  readonly now?: number | undefined;
  /** Is told when a CA that has expired is replaced. */
  warn?(text: string, fields: Readonly<Record<string, string>>): void;
}

/** A CA that exists and cannot be used. It is not replaced: programs may trust it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** Reads the server's certificates. Throws CertificateError, or the error of the file system. Issues new ones if they are missing, expire soon or lack a name. */
export const loadCertificates = async (options: CertificateOptions = {}): Promise<Certificates> => {
  if (options.own !== undefined) {
    const [cert, key] = await Promise.all([
      promises.readFile(options.own.cert, 'utf8'),
      promises.readFile(options.own.key, 'utf8'),
    ]);
    return { key: [key], cert: [cert], ca: undefined, caFile: undefined };
  }
  const wanted = { names: serverNames(options.names ?? []), now: options.now ?? Date.now(), warn: options.warn };
  try {
    return await fromFolder(options.folder ?? defaultFolder(), wanted);
  } catch (error) {
    if (options.folder !== undefined || !READ_ONLY.has(codeOf(error) ?? '')) throw error;
    return fromFolder(await temporaryFolder(), wanted);
  }
};

/** The names and addresses in the server certificate. */
export const serverNames = (more: readonly string[]): string[] => [
  ...new Set([
    'localhost',
    'hub.localhost',
    '*.hub.localhost',
    '127.0.0.1',
    '::1',
    'host.docker.internal',
    hostname(),
    ...more,
  ]),
];

interface Wanted {
  readonly names: readonly string[];
  readonly now: number;
  readonly warn: CertificateOptions['warn'];
}

const READ_ONLY = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENOSPC']);
const RENEW_BEFORE = 30 * 24 * 60 * 60 * 1000;

const fromFolder = async (folder: string, wanted: Wanted): Promise<Certificates> => {
  const files = {
    authority: join(folder, 'authority.pem'),
    ca: join(folder, 'ca.pem'),
    server: join(folder, 'server.pem'),
  };
  const known = await readAuthority(files.authority, wanted);
  if (known === undefined) await makeFolder(folder);
  const authority = known ?? issueAuthority(files.authority, wanted.now);
  const old = readPairs((await readText(files.server)) ?? '') ?? [];
  const found = known && old.length > 0 && old.every(({ cert }) => serves(cert, known, wanted)) ? old : undefined;
  const pairs =
    found ?? (await mintServer(authority, known ? mergedNames(wanted.names, old) : wanted.names, wanted.now));
  const { cert: ca } = await authority;
  if (found === undefined) replaceFile(files.server, writePairs(pairs), 0o600);
  if ((await readText(files.ca)) !== ca) replaceFile(files.ca, ca, 0o644);
  return {
    key: pairs.map(({ key }) => key),
    cert: pairs.map(({ cert }) => cert),
    ca,
    caFile: files.ca,
  };
};

/** Undefined if there is none yet, or if it expires soon. */
const readAuthority = async (file: string, { now, warn }: Wanted): Promise<Pair | undefined> => {
  const text = await readText(file);
  if (text === undefined) return undefined;
  const pair = readPairs(text)?.[0];
  if (pair === undefined)
    throw new CertificateError(`${file} is damaged. Delete it to get a new CA, which clients must trust again.`);
  const { validFrom, validTo } = new X509Certificate(pair.cert);
  if (Date.parse(validFrom) > now)
    throw new CertificateError(
      `The CA in ${file} is valid from ${validFrom}, and this machine's clock says ${new Date(now).toISOString()}. Set the clock, or delete the file to get a new CA.`,
    );
  if (Date.parse(validTo) - now >= RENEW_BEFORE) return pair;
  warn?.('Replaced the CA', { file, cause: `it is valid to ${validTo}`, remedy: 'let clients trust the new one' });
  return undefined;
};

/** Two simultaneous first starts end with the same CA: the second one takes the CA of the first. */
const issueAuthority = async (file: string, now: number): Promise<Pair> => {
  const pair = await mintAuthority(now);
  const written = readPairs(createFile(file, writePairs([pair]), 0o600))?.[0];
  if (written !== undefined && isCurrent(new X509Certificate(written.cert), now)) return written;
  replaceFile(file, writePairs([pair]), 0o600); // the CA of the old file expires soon
  return pair;
};

/** A server certificate has at most this many names. */
const MOST_NAMES = 50;

/** Hubs with different names may use one folder in turn: a new certificate keeps the names of the old one. */
const mergedNames = (names: readonly string[], [old]: readonly Pair[]): string[] => {
  const listed = old === undefined ? '' : (new X509Certificate(old.cert).subjectAltName ?? '');
  const before = listed.split(', ').flatMap((text) => /^(?:DNS|IP Address):(.+)$/.exec(text)?.[1] ?? []);
  return [...new Set([...names, ...before.map((name) => (name === '0:0:0:0:0:0:0:1' ? '::1' : name))])].slice(
    0,
    MOST_NAMES,
  );
};

/** True if our CA signed the certificate, it has all names, and it does not expire soon. */
const serves = (cert: string, authority: Pair, wanted: Wanted): boolean => {
  const found = new X509Certificate(cert);
  const issuer = new X509Certificate(authority.cert);
  return (
    isCurrent(found, wanted.now) &&
    found.checkIssued(issuer) &&
    found.verify(issuer.publicKey) &&
    covers(found, wanted.names)
  );
};

const covers = (cert: X509Certificate, names: readonly string[]): boolean => {
  const listed = (cert.subjectAltName ?? '').split(', ');
  return names.every((name) => (isIP(name) ? cert.checkIP(name) !== undefined : listed.includes(`DNS:${name}`)));
};

const isCurrent = (cert: X509Certificate, now: number): boolean =>
  Date.parse(cert.validFrom) <= now && Date.parse(cert.validTo) - now >= RENEW_BEFORE;
