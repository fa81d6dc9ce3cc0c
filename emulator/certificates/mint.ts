import { webcrypto as crypto } from 'node:crypto';
import { isIP } from 'node:net';
import { type Pair, toPem } from './pem.ts';

type X509 = typeof import('@peculiar/x509');
type KeyPair = crypto.CryptoKeyPair;

const DAY = 24 * 60 * 60 * 1000;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

/** Makes a development CA (P-256, ten years). */
export const mintAuthority = async (now: number): Promise<Pair> => {
  const x509 = await load();
  const keys = await generate(P256);
  const suffix = randomHex(4);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=IoT Hub emulator development CA ${suffix}`,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + 3650 * DAY),
    keys,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await exportKey(keys.privateKey), cert: toPem('CERTIFICATE', cert.rawData) };
};

/**
 * Makes the server's certificates for `names` (DNS names and addresses): P-256 and RSA-2048, since Azure presents RSA and
 * old stacks know nothing else. Both are signed by `authority` and last 397 days, the longest that browsers accept.
 */
export const mintServer = async (
  authorityMade: Pair | Promise<Pair>,
  names: readonly string[],
  now: number,
): Promise<Pair[]> => {
  // the slow key is made on another thread meanwhile
  const rsa = generate(RSA);
  const [authority, x509] = await Promise.all([authorityMade, load()]);
  const issuer = new x509.X509Certificate(authority.cert);
  const signingKey = await importKey(authority.key);
  const make = async (keys: KeyPair, usages: number): Promise<Pair> => {
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: 'CN=IoT Hub emulator',
      issuer: issuer.subject,
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + 396 * DAY),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: P256,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(usages, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { key: await exportKey(keys.privateKey), cert: toPem('CERTIFICATE', cert.rawData) };
  };
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  return [
    await make(await generate(P256), digitalSignature),
    await make(await rsa, digitalSignature | keyEncipherment),
  ];
};

const load = async (): Promise<X509> => {
  // tsyringe, which the library stands on, looks for the Reflect API when it is loaded
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(crypto);
  return x509;
};

const generate = (algorithm: typeof P256 | typeof RSA): Promise<KeyPair> =>
  // all algorithms used here make pairs; the DOM type also knows single keys
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<KeyPair>;

const importKey = (pem: string): Promise<crypto.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64'), P256, false, [
    'sign',
  ]);

const exportKey = async (key: crypto.CryptoKey): Promise<string> =>
  toPem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', key));

/** 128 bits, positive and without a leading zero byte. */
const serial = (): string => `4${randomHex(16).slice(1)}`;

const randomHex = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
