import { HubError } from '../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../protocol/identity-key.ts';
import { parseSas, type SasToken, verifySas } from '../../protocol/sas.ts';
import type { Identity } from '../hub/identity.ts';
import type { Log } from '../log.ts';
import type { Policy, Right } from './policies.ts';

/** The clocks of a hub and of its clients may differ by this much, as in the service's own SDK constant. */
const CLOCK_SKEW_MS = 5 * 60_000;
const CACHE_SIZE = 10_000;

/** A client certificate as TLS gave it: hex digests without separators. */
export interface PeerCertificate {
  readonly sha1: string;
  readonly sha256: string;
  readonly commonName: string;
  /** True if its chain ends in a CA that the hub was told to trust, and it is in date and not revoked. */
  readonly trusted: boolean;
  readonly inDate: boolean;
}

/** Who has connected, and until when (wall clock, ms since 1970). */
export interface Principal {
  readonly expiresAt: number;
  readonly method: 'sas' | 'x509' | 'none';
}

export interface DeviceCredentials {
  readonly key: IdentityKey;
  readonly password: string | undefined;
  readonly certificate?: PeerCertificate | undefined;
}

interface Verified {
  readonly policy: Policy;
  /** Path segments of the token's resource, lower case, without the host. */
  readonly scope: readonly string[];
  readonly expiresAt: number;
}

/** Verifies credentials of services and devices. Token expiry follows the wall clock, as SDKs do. */
export class Authenticator {
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #find: (key: IdentityKey) => { readonly identity: Identity } | undefined;
  readonly #strict: boolean;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #cache = new Map<string, Verified>();

  constructor(parts: {
    policies: ReadonlyMap<string, Policy>;
    /** Looks up an identity. */
    find: (key: IdentityKey) => { readonly identity: Identity } | undefined;
    /** `off` admits everybody and logs what would have failed. */
    mode: 'strict' | 'off';
    log: Log;
    now?: () => number;
  }) {
    this.#policies = parts.policies;
    this.#find = parts.find;
    this.#strict = parts.mode === 'strict';
    this.#log = parts.log;
    this.#now = parts.now ?? Date.now;
  }

  /**
   * Demands one of `rights` for the REST resource `path` from the Authorization header.
   * Throws IotHubUnauthorizedAccess.
   */
  service(authorization: string | undefined, rights: readonly Right[], path: string): void {
    const refusal = this.#refuseService(authorization, rights, path);
    if (refusal === undefined) return;
    this.#log.warn(`${this.#strict ? 'Refused' : 'Would have refused'} a request`, { path, cause: refusal });
    if (this.#strict) throw unauthorized(refusal);
  }

  /** Admits a device or module. Throws IotHubUnauthorizedAccess, whatever is wrong. */
  device(credentials: DeviceCredentials): Principal {
    const outcome = this.#admit(credentials);
    if (typeof outcome !== 'string') return outcome;
    this.#log.warn(`${this.#strict ? 'Refused' : 'Would have refused'} a connection`, {
      device: credentials.key,
      cause: outcome,
      remedy: remedyFor(outcome, credentials.key),
    });
    if (this.#strict || this.#find(credentials.key) === undefined) throw unauthorized(outcome);
    return { expiresAt: Number.POSITIVE_INFINITY, method: 'none' };
  }

  #refuseService(authorization: string | undefined, rights: readonly Right[], path: string): string | undefined {
    if (authorization === undefined || authorization === '') return 'Authorization header missing';
    const verified = this.#cache.get(authorization) ?? this.#verify(authorization);
    if (typeof verified === 'string') return verified;
    if (verified.expiresAt <= this.#now()) return 'the token has expired';
    if (!covers(verified.scope, path)) return `the token's resource does not cover ${path}`;
    if (!rights.some((right) => verified.policy.rights.includes(right)))
      return `policy ${verified.policy.name} lacks the right ${rights.join(' or ')}`;
    return undefined;
  }

  #verify(authorization: string): Verified | string {
    const token = parseSas(authorization);
    if (token === undefined) return 'the Authorization header holds no shared access signature';
    if (token.policy === undefined) return 'the token names no shared access policy';
    const policy = this.#policies.get(token.policy);
    if (policy === undefined) return `there is no policy ${token.policy}`;
    if (!verifySas(token, [policy.primaryKey, policy.secondaryKey]))
      return `the signature does not fit policy ${policy.name}`;
    const verified = { policy, scope: scopeOf(token), expiresAt: expiryOf(token) };
    if (this.#cache.size >= CACHE_SIZE) this.#cache.delete(this.#cache.keys().next().value ?? '');
    this.#cache.set(authorization, verified);
    return verified;
  }

  #admit({ key, password, certificate }: DeviceCredentials): Principal | string {
    const identity = this.#find(key)?.identity;
    if (identity === undefined) return 'there is no such device or module';
    const device = this.#find(identity.deviceId)?.identity ?? identity;
    if (identity.status === 'disabled' || device.status === 'disabled') return 'the device is disabled';
    return password === undefined || password === ''
      ? admitCertificate(identity, certificate)
      : this.#admitToken(identity, key, password);
  }

  #admitToken(identity: Identity, key: IdentityKey, password: string): Principal | string {
    const token = parseSas(password);
    if (token === undefined) return 'the password is no shared access signature';
    if (!covers(scopeOf(token), resourceOf(key))) return `the token's resource is ${token.resource}`;
    const keys = this.#keysFor(token, identity);
    if (typeof keys === 'string') return keys;
    if (!verifySas(token, keys)) return 'the signature does not fit the key';
    const expiresAt = expiryOf(token);
    return expiresAt <= this.#now() ? 'the token has expired' : { expiresAt, method: 'sas' };
  }

  #keysFor(token: SasToken, identity: Identity): readonly string[] | string {
    if (token.policy !== undefined) {
      const policy = this.#policies.get(token.policy);
      if (policy === undefined) return `there is no policy ${token.policy}`;
      if (!policy.rights.includes('DeviceConnect')) return `policy ${policy.name} lacks the right DeviceConnect`;
      return [policy.primaryKey, policy.secondaryKey];
    }
    const { type, primaryKey, secondaryKey } = identity.authentication;
    if (type !== 'sas') return `the device authenticates by ${type}, not by key`;
    // a device's token covers its modules, signed with the device's key
    const device = identity.moduleId === undefined ? undefined : this.#find(identity.deviceId)?.identity.authentication;
    const scope = scopeOf(token);
    const ofDevice = scope.length === 2 && device !== undefined ? [device.primaryKey, device.secondaryKey] : [];
    return [primaryKey, secondaryKey, ...ofDevice].filter((candidate) => candidate !== null);
  }
}

const admitCertificate = (identity: Identity, certificate: PeerCertificate | undefined): Principal | string => {
  const { type, primaryThumbprint, secondaryThumbprint } = identity.authentication;
  if (type === 'sas') return 'neither a password nor a certificate that the device may use was sent';
  if (certificate === undefined) return 'no client certificate was sent';
  if (type === 'certificateAuthority') {
    if (!certificate.trusted)
      return 'the client certificate is not signed by a CA that the hub trusts, or is out of date or revoked';
    return certificate.commonName === identity.deviceId
      ? { expiresAt: Number.POSITIVE_INFINITY, method: 'x509' }
      : `the client certificate is for ${certificate.commonName}`;
  }
  const prints = [primaryThumbprint, secondaryThumbprint].map((print) => print?.toLowerCase());
  if (!certificate.inDate) return 'the client certificate is out of date';
  return prints.includes(certificate.sha1.toLowerCase()) || prints.includes(certificate.sha256.toLowerCase())
    ? { expiresAt: Number.POSITIVE_INFINITY, method: 'x509' }
    : 'the client certificate has another thumbprint';
};

const expiryOf = (token: SasToken): number => token.expiry * 1000 + CLOCK_SKEW_MS;

/** The path behind the host; a trailing `api-version=…` segment, which old tools sign too, is no part of it. */
const scopeOf = (token: SasToken): readonly string[] => {
  const [, ...path] = token.resource
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/\/+$/, '')
    .split('/');
  return path.at(-1)?.startsWith('api-version=') ? path.slice(0, -1) : path;
};

/** True if `scope` is a prefix of `path` by whole segments. */
const covers = (scope: readonly string[], path: string): boolean => {
  if (scope.length === 0) return true;
  const segments = path.toLowerCase().replace(/^\//, '').split('/');
  return scope.every((segment, i) => segments[i] === segment || decoded(segment) === segments[i]);
};

/** Node encodes ids before it encodes the whole resource. */
const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const resourceOf = (key: IdentityKey): string => {
  const { deviceId, moduleId } = nameOf(key);
  return moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
};

const unauthorized = (hint: string): HubError => new HubError('IotHubUnauthorizedAccess', 'Unauthorized', { hint });

const remedyFor = (cause: string, key: IdentityKey): string => {
  if (cause.startsWith('there is no such')) return `create it: iothub-emulator device create ${key}`;
  if (cause.includes('disabled')) return 'enable it in the registry';
  if (cause.includes('expired')) return 'make a new token, and look at the clock of the device';
  return `compare with: iothub-emulator connection-string --device ${key}`;
};
