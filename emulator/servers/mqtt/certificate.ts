import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../auth/authenticate.ts';

/** The certificate that a device presented, if it did. `hasDeviceCa`: TLS knew whose signature counts. */
export const peerCertificate = (socket: Duplex, hasDeviceCa: boolean): PeerCertificate | undefined => {
  if (!(socket instanceof TLSSocket)) return undefined;
  const found = socket.getPeerX509Certificate();
  if (found === undefined) return undefined;
  const now = Date.now();
  return {
    sha1: found.fingerprint.replaceAll(':', ''),
    sha256: found.fingerprint256.replaceAll(':', ''),
    commonName: /^CN=(.*)$/m.exec(found.subject)?.[1] ?? '',
    // without a CA of ours TLS asks the public ones, whose word says nothing about a device
    trusted: hasDeviceCa && socket.authorized,
    inDate: Date.parse(found.validFrom) <= now && now < Date.parse(found.validTo),
  };
};
