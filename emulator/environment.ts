import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { preloadFile, type Route } from './intercept/place.ts';

/** What a program finds its hub by. */
export interface Surroundings {
  readonly connectionString: string;
  /** The string of the only device, if there is just one. */
  readonly deviceConnectionString?: string | undefined;
  readonly adminUrl?: string | undefined;
  readonly adminToken?: string | undefined;
  /** The development CA; undefined if the certificate was brought along. */
  readonly ca?: { readonly pem: string; readonly file: string } | undefined;
  /** Set if the hub is not on the ports that SDKs have built in. */
  readonly route?: Route | undefined;
}

/** Environment variables for programs that shall talk to the hub. Writes the bundle of roots that some of them name. */
export const environmentOf = (
  surroundings: Surroundings,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const { ca, route, adminUrl, adminToken, deviceConnectionString } = surroundings;
  return {
    IOTHUB_CONNECTION_STRING: surroundings.connectionString,
    ...(deviceConnectionString === undefined ? {} : { IOTHUB_DEVICE_CONNECTION_STRING: deviceConnectionString }),
    ...(adminUrl === undefined ? {} : { IOTHUB_EMULATOR_ADMIN_URL: adminUrl }),
    ...(adminToken === undefined ? {} : { IOTHUB_EMULATOR_ADMIN_TOKEN: adminToken }),
    ...(ca === undefined ? {} : trust(ca, inherited)),
    ...(route === undefined ? {} : preload(route, inherited.NODE_OPTIONS)),
  };
};

/** Where Python's and OpenSSL's bundle is: the roots of the system, and the CA. */
export const bundleBeside = (caFile: string): string => join(dirname(caFile), 'bundle.pem');

/** Node adds its variable to the roots that it has; Python's and OpenSSL's replace them, so those get a bundle. */
const trust = (
  ca: { readonly pem: string; readonly file: string },
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const bundle = bundleBeside(ca.file);
  const roots = rootsOfSystem(inherited.SSL_CERT_FILE === bundle ? undefined : inherited.SSL_CERT_FILE);
  const text = `${roots.trimEnd()}\n${ca.pem}`;
  if (read(bundle) !== text) replace(bundle, text);
  return {
    IOTHUB_CA_FILE: ca.file,
    NODE_EXTRA_CA_CERTS: ca.file,
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
  };
};

/** `NODE_OPTIONS` takes blanks and quotes only inside double quotes, with backslashes before `"` and `\`. */
const preload = (route: Route, options: string | undefined): Record<string, string> => {
  const file = preloadFile();
  const quoted = `"${file.replace(/["\\]/g, '\\$&')}"`;
  const ours = `--require ${quoted}`;
  return {
    NODE_OPTIONS: options === undefined || options.includes(ours) ? (options ?? ours) : `${options} ${ours}`,
    IOTHUB_EMULATOR_INTERCEPT: JSON.stringify(route),
  };
};

/** Where Linux distributions and BSDs keep their roots. */
const ROOTS = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

/** Roots of the file given, or else of the system, PEM; Node's own where there are none. */
export const rootsOfSystem = (own?: string): string => {
  for (const file of own === undefined ? ROOTS : [own, ...ROOTS]) {
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

let count = 0;

/** Readers see the old bundle or the new one, never half of it. */
const replace = (file: string, text: string): void => {
  count += 1;
  const temporary = `${file}.${process.pid}.${count}.new`;
  writeFileSync(temporary, text, { mode: 0o644 });
  renameSync(temporary, file);
};
