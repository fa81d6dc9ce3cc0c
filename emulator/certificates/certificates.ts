import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, defaultFolder, makeFile, readText, replaceFile, temporaryFolder } from './folder.ts';
import { mintAuthority, mintServer } from './mint.ts';
import { type Pair, readPairs, writePairs } from './pem.ts';

/** What a TLS server presents, and whom its clients must trust. */
export interface Certificates {
  /** PEM, one for each of `cert`. */
  readonly key: readonly string[];
  readonly cert: readonly string[];
  /** The development CA, PEM; undefined if the certificate was brought along. */
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
}

export interface CertificateOptions {
  /** Folder of the CA; default `~/.iothub-emulator`, or a temporary one if that cannot be written. */
  readonly folder?: string | undefined;
  /** Names and addresses beyond the usual ones. */
  readonly names?: readonly string[] | undefined;
  /** Files of a certificate brought along; nothing is minted then. */
  readonly own?: { readonly cert: string; readonly key: string } | undefined;
  /** Wall clock, ms since 1970. */
  readonly now?: number | undefined;
}

/** Reads the server's certificates, and mints those that are missing, run out soon or lack a name. */
export const loadCertificates = async (options: CertificateOptions = {}): Promise<Certificates> => {
  if (options.own !== undefined) {
    const [cert, key] = await Promise.all([readFile(options.own.cert, 'utf8'), readFile(options.own.key, 'utf8')]);
    return { key: [key], cert: [cert], ca: undefined, caFile: undefined };
  }
  const wanted = { names: serverNames(options.names ?? []), now: options.now ?? Date.now() };
  try {
    return await fromFolder(options.folder ?? defaultFolder(), wanted);
  } catch (error) {
    if (options.folder !== undefined || !READ_ONLY.has(codeOf(error) ?? '')) throw error;
    return fromFolder(await temporaryFolder(), wanted);
  }
};

/** Under which names and addresses clients find the emulator. */
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
}

const READ_ONLY = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENOSPC']);
const RENEW_BEFORE = 30 * 24 * 60 * 60 * 1000;

const fromFolder = async (folder: string, wanted: Wanted): Promise<Certificates> => {
  const files = {
    authority: join(folder, 'authority.pem'),
    ca: join(folder, 'ca.pem'),
    server: join(folder, 'server.pem'),
  };
  const known = await readAuthority(files.authority, wanted.now);
  if (known === undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = known ?? makeAuthority(files.authority, wanted.now);
  const old = readPairs((await readText(files.server)) ?? '') ?? [];
  const found = known && old.length > 0 && old.every(({ cert }) => serves(cert, known, wanted)) ? old : undefined;
  const pairs = found ?? (await mintServer(authority, known ? together(wanted.names, old) : wanted.names, wanted.now));
  const { cert: ca } = await authority;
  if (found === undefined) await replaceFile(files.server, writePairs(pairs), 0o600);
  if ((await readText(files.ca)) !== ca) await replaceFile(files.ca, ca, 0o644);
  return {
    key: pairs.map(({ key }) => key),
    cert: pairs.map(({ cert }) => cert),
    ca,
    caFile: files.ca,
  };
};

const readAuthority = async (file: string, now: number): Promise<Pair | undefined> => {
  const pair = readPairs((await readText(file)) ?? '')?.[0];
  return pair !== undefined && lasts(new X509Certificate(pair.cert), now) ? pair : undefined;
};

/** Two first starts at once end with the same CA: whoever comes second takes the other's. */
const makeAuthority = async (file: string, now: number): Promise<Pair> => {
  const pair = await mintAuthority(now);
  const written = readPairs(await makeFile(file, writePairs([pair]), 0o600))?.[0];
  if (written !== undefined && lasts(new X509Certificate(written.cert), now)) return written;
  await replaceFile(file, writePairs([pair]), 0o600); // what was there is damaged or has run out
  return pair;
};

/** More names than this are not remembered. */
const MOST_NAMES = 50;

/** Hubs of several names or addresses start in turn from one folder: each keeps what the others need. */
const together = (names: readonly string[], [old]: readonly Pair[]): string[] => {
  const listed = old === undefined ? '' : (new X509Certificate(old.cert).subjectAltName ?? '');
  const before = listed.split(', ').flatMap((text) => /^(?:DNS|IP Address):(.+)$/.exec(text)?.[1] ?? []);
  return [...new Set([...names, ...before.map((name) => (name === '0:0:0:0:0:0:0:1' ? '::1' : name))])].slice(
    0,
    MOST_NAMES,
  );
};

/** True of a certificate that is ours, covers the names and lasts a while. */
const serves = (cert: string, authority: Pair, wanted: Wanted): boolean => {
  const found = new X509Certificate(cert);
  const issuer = new X509Certificate(authority.cert);
  return (
    lasts(found, wanted.now) &&
    found.checkIssued(issuer) &&
    found.verify(issuer.publicKey) &&
    covers(found, wanted.names)
  );
};

const covers = (cert: X509Certificate, names: readonly string[]): boolean => {
  const listed = (cert.subjectAltName ?? '').split(', ');
  return names.every((name) => (isIP(name) ? cert.checkIP(name) !== undefined : listed.includes(`DNS:${name}`)));
};

const lasts = (cert: X509Certificate, now: number): boolean =>
  Date.parse(cert.validFrom) <= now && Date.parse(cert.validTo) - now >= RENEW_BEFORE;
