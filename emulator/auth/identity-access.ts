import { type IdentityKey, keyOf, resourceOf } from '../../protocol/identity-key.ts';
import type { Identity } from '../hub/registry/identity.ts';
import { checkCertificate, type PeerCertificate } from './certificate.ts';
import type { Right } from './policies.ts';
import { checkRight, type PolicyAccess } from './policy-access.ts';
import type { AuthMethod, IdentityPrincipal } from './principal.ts';
import { isRefusal, type Refusal } from './refusals.ts';
import { covers } from './resource.ts';
import type { SasVerifier, Token } from './sas-verifier.ts';

export interface DeviceCredentials {
  readonly key: IdentityKey;
  readonly password: string | undefined;
  readonly certificate?: PeerCertificate | undefined;
}

/** Finds an identity in the registry. */
export type FindIdentity = (key: IdentityKey) => { readonly identity: Identity } | undefined;

const RIGHTS: readonly Right[] = ['DeviceConnect'];

/** Authenticates the devices and modules of a hub: by token of their own or of a policy, or by certificate. */
export class IdentityAccess {
  readonly #find: FindIdentity;
  readonly #policies: PolicyAccess<Right>;
  readonly #sas: SasVerifier;

  constructor(find: FindIdentity, policies: PolicyAccess<Right>, sas: SasVerifier) {
    this.#find = find;
    this.#policies = policies;
    this.#sas = sas;
  }

  authenticate({ key, password, certificate }: DeviceCredentials): IdentityPrincipal | Refusal {
    const identity = this.#find(key)?.identity;
    if (identity === undefined) return { code: 'unknown-device' };
    const device = this.#find(identity.deviceId)?.identity ?? identity;
    if (identity.status === 'disabled' || device.status === 'disabled') return { code: 'disabled' };
    if (password !== undefined && password !== '') return this.#byToken(identity, device, password);
    return checkCertificate(identity, certificate) ?? principalOf(identity, 'x509', Number.POSITIVE_INFINITY);
  }

  #byToken(identity: Identity, device: Identity, password: string): IdentityPrincipal | Refusal {
    const token = this.#sas.read(password);
    if (token === undefined) return { code: 'not-a-token', detail: { where: 'the password' } };
    const path = resourceOf(keyOf(identity));
    if (!covers(token.scope, path)) return { code: 'wrong-resource', detail: { resource: token.sas.resource, path } };
    const refusal = token.sas.policy === undefined ? this.#checkOwn(token, identity, device) : this.#checkPolicy(token);
    return refusal ?? principalOf(identity, 'sas', token.expiresAt);
  }

  #checkPolicy(token: Token): Refusal | undefined {
    const policy = this.#policies.signer(token);
    return isRefusal(policy) ? policy : checkRight(policy, RIGHTS);
  }

  /**
   * The key of a device signs for its modules too, also in a token that names the module: both Java suites do that.
   * https://github.com/Azure/azure-iot-sdk-java/blob/main/iot-e2e-tests/common/src/test/java/tests/integration/com/microsoft/azure/sdk/iot/helpers/DeviceConnectionString.java
   */
  #checkOwn(token: Token, identity: Identity, device: Identity): Refusal | undefined {
    const { type } = identity.authentication;
    if (type !== 'sas') return { code: 'wrong-method', detail: { method: type } };
    const signers = identity.moduleId === undefined ? [identity] : [identity, device];
    const keys = signers
      .flatMap(({ authentication: { primaryKey, secondaryKey } }) => [primaryKey, secondaryKey])
      .filter((key) => key !== null);
    const fault = this.#sas.check(token, { keys, forms: ['base64'] });
    if (fault === undefined) return undefined;
    return { code: fault === 'expired' ? 'expired' : 'wrong-device-key' };
  }
}

const principalOf = ({ deviceId, moduleId }: Identity, method: AuthMethod, expiresAt: number): IdentityPrincipal => ({
  kind: moduleId === undefined ? 'device' : 'module',
  key: keyOf({ deviceId, moduleId }),
  rights: RIGHTS,
  expiresAt,
  method,
});

/** The principal of a device or module that is admitted while authentication is off. */
export const unauthenticated = (identity: Identity): IdentityPrincipal =>
  principalOf(identity, 'none', Number.POSITIVE_INFINITY);
