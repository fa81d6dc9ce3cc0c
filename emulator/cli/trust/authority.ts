import { X509Certificate } from 'node:crypto';
import { dirname } from 'node:path';
import { defaultFolder } from '../../certificates/folder.ts';

/** A CA for programs to trust: the certificate only, never its key. */
export interface Authority {
  /** One PEM block. */
  readonly pem: string;
  readonly file: string;
  readonly folder: string;
  /** Its name in trust stores: the program and the first digits of the SHA-256 fingerprint. */
  readonly nick: string;
  readonly cert: X509Certificate;
}

/** The first certificate in a text of PEM blocks; undefined if there is none. */
export const authorityIn = (text: string, file: string): Authority | undefined => {
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  const cert = pem === undefined ? undefined : read(pem);
  if (cert === undefined) return undefined;
  const digits = cert.fingerprint256.replaceAll(':', '').slice(0, 8).toLowerCase();
  return { pem: `${pem}\n`, file, folder: dirname(file), nick: `iothub-emulator-${digits}`, cert };
};

/** The flags with which other commands use the same CA. */
export const folderFlag = ({ folder }: Pick<Authority, 'folder'>): string[] =>
  folder === defaultFolder() ? [] : ['--ca-dir', folder];

/** Whether PEM blocks contain the certificate, however their lines are broken. */
export const contains = (text: string | undefined, { pem }: Authority): boolean =>
  text !== undefined && bare(text).includes(bare(pem));

const bare = (pem: string): string => pem.replace(/\s/g, '');

const read = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
};
