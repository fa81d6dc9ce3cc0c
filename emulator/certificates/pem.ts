import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate and the key that belongs to it, both PEM. */
export interface Pair {
  readonly key: string;
  readonly cert: string;
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/** Reads pairs from PEM blocks, each key before its certificate; undefined if a key does not match its certificate. */
export const readPairs = (text: string): Pair[] | undefined => {
  const blocks = text.match(BLOCK) ?? [];
  const pairs: Pair[] = [];
  for (let i = 0; i + 1 < blocks.length; i += 2) pairs.push({ key: `${blocks[i]}\n`, cert: `${blocks[i + 1]}\n` });
  return pairs.length * 2 === blocks.length && pairs.length > 0 && pairs.every(matches) ? pairs : undefined;
};

export const writePairs = (pairs: readonly Pair[]): string => pairs.map(({ key, cert }) => key + cert).join('');

export const toPem = (label: 'PRIVATE KEY' | 'CERTIFICATE', der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

const matches = ({ key, cert }: Pair): boolean => {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
};
