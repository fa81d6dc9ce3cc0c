import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, resourceOf } from '../../../protocol/identity-key.ts';
import { parseSas } from '../../../protocol/sas.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { PeerCertificate } from '../../auth/certificate.ts';
import { POLICY_RIGHTS, type Right } from '../../auth/policies.ts';
import type { IdentityPrincipal, PolicyPrincipal } from '../../auth/principal.ts';
import { covers, type Scope, scopeOf } from '../../auth/resource.ts';
import { identityIn, segmentsOf } from './address.ts';

/** Who may authenticate apps and devices. */
export interface Authenticators {
  readonly auth: Pick<Authenticator, 'service' | 'isStrict'>;
  readonly deviceAuth: Pick<Authenticator, 'device'>;
  isKnown(key: IdentityKey): boolean;
}

/** A token that was verified. */
export interface Claim {
  readonly token: string;
  readonly scope: Scope;
  /** Undefined for a token that a policy has signed. */
  readonly key: IdentityKey | undefined;
}

/** As many tokens as the documented limit of devices on one connection. */
const MOST_CLAIMS = 1000;

/**
 * What the peer of a connection has proved by now: by tokens, each for one resource, or by a certificate. A token is verified
 * when it arrives, and again whenever it is used.
 */
export class Claims {
  readonly #by: Authenticators;
  /** By what they are for: a new token replaces an older one. */
  readonly #claims = new Map<string, Claim>();
  #certificate: PeerCertificate | undefined;

  constructor(by: Authenticators) {
    this.#by = by;
  }

  /** True if a token was accepted. */
  get hasTokens(): boolean {
    return this.#claims.size > 0;
  }

  /** True if tokens are not needed. */
  get needNoToken(): boolean {
    return this.#claims.size > 0 || this.#certificate !== undefined || !this.#by.auth.isStrict;
  }

  present(certificate: PeerCertificate | undefined): void {
    this.#certificate = certificate;
  }

  /** The device or module whose own key has signed the token; undefined for tokens of policies. */
  identityIn(token: string): IdentityKey | undefined {
    return this.#read(token).key;
  }

  /** True if the device or module has sent a token of its own. */
  hasTokenOf(key: IdentityKey): boolean {
    return [...this.#claims.values()].some((claim) => claim.key === key);
  }

  /** Takes a token. Throws DeviceNotFound, IotHubUnauthorizedAccess, IotHubMaxCbsTokenExceeded. */
  add(token: string): Claim {
    const claim = this.#read(token);
    if (claim.key === undefined) this.#by.auth.service(token, ANY_RIGHT, `/${claim.scope.join('/')}`);
    else this.#demandDevice(claim.key, token);
    const resource = `${claim.key === undefined ? 'policy' : 'device'} ${claim.scope.join('/')}`;
    if (!this.#claims.has(resource) && this.#claims.size >= MOST_CLAIMS)
      throw new HubError('IotHubMaxCbsTokenExceeded', `A connection has at most ${MOST_CLAIMS} tokens.`);
    this.#claims.set(resource, claim);
    return claim;
  }

  /** The device or module that uses a link. Throws IotHubUnauthorizedAccess. */
  device(key: IdentityKey): IdentityPrincipal {
    const token = this.#best(resourceOf(key), () => true)?.token;
    return this.#by.deviceAuth.device({ key, password: token, certificate: this.#certificate });
  }

  /**
   * The app that uses a link, if it has one of `rights` for `path`, or for anything if that is not given. Throws
   * IotHubUnauthorizedAccess.
   */
  service(rights: readonly Right[], path?: string): PolicyPrincipal {
    const isPolicy = ({ key }: Claim): boolean => key === undefined;
    const claim = path === undefined ? [...this.#claims.values()].find(isPolicy) : this.#best(path, isPolicy);
    return this.#by.auth.service(claim?.token, rights, path ?? `/${claim?.scope.join('/') ?? ''}`);
  }

  #read(token: string): Claim {
    const sas = parseSas(token);
    const scope = scopeOf(sas?.resource ?? '');
    if (sas === undefined || sas.policy !== undefined) return { token, scope, key: undefined };
    const [kind, deviceId, , moduleId] = segmentsOf(`/${sas.resource.slice(sas.resource.indexOf('/') + 1)}`);
    const ids = kind?.toLowerCase() === 'devices' && deviceId !== undefined ? [deviceId, moduleId ?? ''] : undefined;
    const known = ids?.filter((id) => id !== '');
    return { token, scope, key: known && identityIn(known, (key) => this.#by.isKnown(key)) };
  }

  /** UNCERTAIN: that the answer tells a device that does not exist from a wrong key. */
  #demandDevice(key: IdentityKey, token: string): void {
    if (!this.#by.isKnown(key)) throw new HubError('DeviceNotFound', `Device ${key} not registered`);
    this.#by.deviceAuth.device({ key, password: token });
  }

  /** The claim with the most specific resource. */
  #best(path: string, accepts: (claim: Claim) => boolean): Claim | undefined {
    let best: Claim | undefined;
    for (const claim of this.#claims.values())
      if (accepts(claim) && covers(claim.scope, path) && claim.scope.length >= (best?.scope.length ?? 0)) best = claim;
    return best;
  }
}

/** True if a new token of the claim is for the identity. */
export const concerns = ({ scope }: Claim, key: IdentityKey): boolean => covers(scope, resourceOf(key));

const ANY_RIGHT = POLICY_RIGHTS.iothubowner;
