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

/** Creates a development CA (P-256, valid for ten years). */
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
 * Issues the server's certificates for `names` (DNS names and addresses): P-256, and RSA-2048 because Azure presents RSA and
 * old TLS stacks support nothing else. `authority` signs both; they are valid for 397 days, the longest that browsers accept.
 */
export const mintServer = async (
  authority: Pair | Promise<Pair>,
  names: readonly string[],
  now: number,
): Promise<Pair[]> => {
  // the RSA key takes longest: another thread generates it meanwhile
  const rsa = generate(RSA);
  const [signer, x509] = await Promise.all([authority, load()]);
  const issuer = new x509.X509Certificate(signer.cert);
  const signingKey = await importKey(signer.key);
  const issue = async (keys: KeyPair, usages: number): Promise<Pair> => {
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
    await issue(await generate(P256), digitalSignature),
    await issue(await rsa, digitalSignature | keyEncipherment),
  ];
};

const load = async (): Promise<X509> => {
  const { x509 } = await import('./x509.ts');
  x509.cryptoProvider.set(crypto);
  return x509;
};

const generate = (algorithm: typeof P256 | typeof RSA): Promise<KeyPair> =>
  // all algorithms used here generate key pairs; the declared type also allows single keys
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

/** A certificate for tests of clients: no client has a reason to trust it, since its CA is thrown away. */
export const mintUntrusted = async (): Promise<Pair> => {
  const now = Date.now();
  const [pair] = await mintServer(mintAuthority(now), ['localhost'], now);
  if (pair === undefined) throw new Error('No certificate was issued');
  return pair;
};
