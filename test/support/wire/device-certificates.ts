import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its key, PEM. */
export interface DeviceCertificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-1, hex. */
  readonly thumbprint: string;
}

const DAY = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const keys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const validity = (expired: boolean) => ({
  notBefore: new Date(Date.now() - 2 * DAY),
  notAfter: new Date(Date.now() + (expired ? -DAY : DAY)),
});

const bundle = async (certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<DeviceCertificate> => ({
  cert: certificate.toString('pem'),
  key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'),
  thumbprint: Buffer.from(await certificate.getThumbprint('SHA-1', webcrypto)).toString('hex'),
});

export const selfSigned = async (name: string, expired = false): Promise<DeviceCertificate> => {
  x509.cryptoProvider.set(webcrypto);
  const pair = await keys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys: pair,
    signingAlgorithm: algorithm,
    serialNumber: '01',
    ...validity(expired),
  });
  return bundle(certificate, pair.privateKey);
};

/** A CA that signs devices and revokes them. */
export const deviceCa = async (name: string) => {
  x509.cryptoProvider.set(webcrypto);
  const pair = await keys();
  const issuer = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys: pair,
    signingAlgorithm: algorithm,
    serialNumber: '01',
    ...validity(false),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  let serial = 16;
  const sign = async (device: string, expired = false) => {
    const own = await keys();
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${device}`,
      issuer: issuer.subject,
      publicKey: own.publicKey,
      signingKey: pair.privateKey,
      signingAlgorithm: algorithm,
      serialNumber: serial.toString(16),
      ...validity(expired),
    });
    return { ...(await bundle(certificate, own.privateKey)), serial: serial.toString(16) };
  };
  const revoke = async (serials: readonly string[]): Promise<string> => {
    const crl = await x509.X509CrlGenerator.create({
      issuer: issuer.subject,
      thisUpdate: new Date(Date.now() - DAY),
      nextUpdate: new Date(Date.now() + DAY),
      entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - DAY) })),
      signingAlgorithm: algorithm,
      signingKey: pair.privateKey,
    });
    return x509.PemConverter.encode(crl.rawData, 'X509 CRL'); // the tag that OpenSSL reads
  };
  return { pem: issuer.toString('pem'), sign, revoke };
};
