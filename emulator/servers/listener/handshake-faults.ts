import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';
import type { FaultEffect } from '../../../protocol/fault.ts';

/** Decides what happens to TLS handshakes. */
export interface HandshakeFaults {
  /** True while a handshake can be affected. */
  readonly hasHandshakeFaults?: boolean;
  /** The effect on the handshake of a client that connects to `hostName`. */
  handshakeFault?(hostName: string): FaultEffect | undefined;
}

/** Issues a certificate that no client trusts: key and certificate, PEM. */
export type IssueUntrusted = () => Promise<{ readonly key: string; readonly cert: string }>;

/** SNI callback that applies a `handshake` fault, once the client has sent the host name. */
export const handshakeFaultCallback = (
  faults: HandshakeFaults,
  issueUntrusted: IssueUntrusted,
): NonNullable<TlsOptions['SNICallback']> => {
  let untrusted: Promise<SecureContext> | undefined;
  return (hostName, proceed) => {
    const effect = faults.handshakeFault?.(hostName);
    switch (effect?.type) {
      case 'refuseCertificate':
        untrusted ??= issueUntrusted().then((certificate) => createSecureContext(certificate));
        untrusted.then((context) => proceed(null, context), proceed);
        return;
      case 'delay':
        setTimeout(proceed, effect.ms, null).unref();
        return;
      case 'disconnect':
        proceed(new Error('injected fault'));
        return;
      case 'drop':
      case 'blackHole':
        return; // the handshake timeout of the listener ends the connection
      default: // other effects do not apply before a request
        proceed(null);
    }
  };
};
