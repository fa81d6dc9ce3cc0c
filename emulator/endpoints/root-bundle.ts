import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { replaceFile } from '../files.ts';

/** The development CA: its certificate and the file that has it. */
export interface CaFile {
  readonly pem: string;
  readonly file: string;
}

/** The path of the bundle for Python and OpenSSL: the roots of the system and the CA. */
export const bundleBeside = (caFile: string): string => join(dirname(caFile), 'bundle.pem');

/** Writes that bundle if it is not up to date, and returns its path. `own`: a file of roots that replaces the system's. */
export const writeBundle = (ca: CaFile, own: string | undefined): string => {
  const bundle = bundleBeside(ca.file);
  const text = `${systemRoots(own === bundle ? undefined : own).trimEnd()}\n${ca.pem}`;
  if (read(bundle) !== text) replaceFile(bundle, text, 0o644);
  return bundle;
};

/** Files of roots on Linux distributions and BSDs. */
const FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

/** The roots in the file `own`, or else those of the system, PEM; Node's own if there are none. */
export const systemRoots = (own?: string): string => {
  for (const file of own === undefined ? FILES : [own, ...FILES]) {
    const text = read(file);
    if (text?.includes('-----BEGIN CERTIFICATE-----')) return text;
  }
  return rootCertificates.join('\n');
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
