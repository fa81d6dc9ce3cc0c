import type { Identity } from '../hub/registry/identity.ts';
import type { Refusal } from './refusals.ts';

/** A client certificate as TLS presents it: hex digests without separators. */
export interface PeerCertificate {
  readonly sha1: string;
  readonly sha256: string;
  readonly commonName: string;
  /** True if its chain ends in a CA that the hub trusts, and it is in date and not revoked. */
  readonly trusted: boolean;
  readonly inDate: boolean;
}

/**
 * Why the certificate does not prove that the client is `identity`; undefined if it does.
 * https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export const checkCertificate = (identity: Identity, certificate: PeerCertificate | undefined): Refusal | undefined => {
  const { type } = identity.authentication;
  if (type === 'sas') return { code: 'no-password' };
  if (certificate === undefined) return { code: 'no-certificate' };
  return type === 'certificateAuthority' ? checkSigned(identity, certificate) : checkThumbprint(identity, certificate);
};

const checkSigned = ({ deviceId }: Identity, { trusted, commonName }: PeerCertificate): Refusal | undefined => {
  if (!trusted) return { code: 'untrusted-certificate' };
  return commonName === deviceId ? undefined : { code: 'wrong-common-name', detail: { name: commonName } };
};

const checkThumbprint = ({ authentication }: Identity, certificate: PeerCertificate): Refusal | undefined => {
  if (!certificate.inDate) return { code: 'certificate-out-of-date' };
  const { primaryThumbprint, secondaryThumbprint } = authentication;
  const known = [primaryThumbprint, secondaryThumbprint].map((thumbprint) => thumbprint?.toLowerCase());
  const isKnown = [certificate.sha1, certificate.sha256].some((digest) => known.includes(digest.toLowerCase()));
  return isKnown ? undefined : { code: 'wrong-thumbprint' };
};
