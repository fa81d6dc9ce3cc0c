import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../auth/certificate.ts';

/** The certificate that a device presented, if any. `hasDeviceCa`: TLS verifies against CAs that the user gave. */
export const peerCertificate = (socket: Duplex, hasDeviceCa: boolean): PeerCertificate | undefined => {
  if (!(socket instanceof TLSSocket)) return undefined;
  const found = socket.getPeerX509Certificate();
  if (found === undefined) return undefined;
  const now = Date.now();
  return {
    sha1: found.fingerprint.replaceAll(':', ''),
    sha256: found.fingerprint256.replaceAll(':', ''),
    commonName: commonNameOf(found),
    // without such a CA, TLS verifies against public CAs, which say nothing about devices
    trusted: hasDeviceCa && socket.authorized,
    inDate: Date.parse(found.validFrom) <= now && now < Date.parse(found.validTo),
  };
};

/** The first one. `subject` has it too, but with backslashes before characters that ids may have, such as `,` and `+`. */
const commonNameOf = (certificate: X509Certificate): string => {
  const { CN }: { readonly CN?: string | readonly string[] } = certificate.toLegacyObject().subject;
  return (typeof CN === 'string' ? CN : CN?.[0]) ?? '';
};
