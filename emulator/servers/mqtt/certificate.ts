import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../auth/authenticate.ts';

/** The certificate that a device presented, if it did. */
export const peerCertificate = (socket: Duplex): PeerCertificate | undefined => {
  const found = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (found === undefined) return undefined;
  return {
    sha1: found.fingerprint.replaceAll(':', ''),
    sha256: found.fingerprint256.replaceAll(':', ''),
    commonName: /^CN=(.*)$/m.exec(found.subject)?.[1] ?? '',
    trusted: false, // the emulator has no list of registered CAs yet
  };
};
