import { type IdentityKey, keyOf, nameOf } from '../../protocol/identity-key.ts';
import type { SasToken } from '../../protocol/sas.ts';
import { checkCertificate, type PeerCertificate } from './certificate.ts';
import type { FindIdentity } from './identity-access.ts';
import type { Policies } from './policies.ts';
import { isForEventHubs, type KeyForm, SasVerifier, type Token } from './sas-verifier.ts';

/** What a client shows before it is known which hub it means. */
export interface ShownCredentials {
  readonly token: string | undefined;
  /** The device or module that it names, as far as that is known. */
  readonly key?: IdentityKey | undefined;
  readonly certificate?: PeerCertificate | undefined;
}

/** A hub's policies and devices. */
export interface KeyHolder {
  readonly policies: Policies;
  readonly find: FindIdentity;
}

/**
 * Finds, among hubs on the same ports, those that accept a client's credentials. It only finds: each hub verifies again what
 * it is given, with its own keys.
 */
export class HubFinder {
  readonly #sas: SasVerifier;

  /** `now`: the wall clock, ms since 1970. */
  constructor(now: () => number = Date.now) {
    this.#sas = new SasVerifier(now);
  }

  /** The hubs that accept them, expired or not, in the order of `hubs`. */
  among<H extends KeyHolder>(hubs: readonly H[], { token: text, key, certificate }: ShownCredentials): readonly H[] {
    if (text !== undefined && text !== '') return this.#byToken(hubs, text, key);
    if (certificate === undefined || key === undefined) return [];
    return hubs.filter(({ find }) => {
      const identity = find(key)?.identity;
      return identity !== undefined && checkCertificate(identity, certificate) === undefined;
    });
  }

  /** The hubs to tell of a token that none accepts: a key of theirs has signed it, but not one that is for this use. */
  misusedAt<H extends KeyHolder>(hubs: readonly H[], { token: text }: ShownCredentials): readonly H[] {
    const token = text === undefined || text === '' ? undefined : this.#sas.read(text);
    if (token === undefined || token.sas.policy !== undefined) return [];
    const keysOf = ({ policies }: KeyHolder) =>
      [...policies.values()].flatMap((one) => [one.primaryKey, one.secondaryKey]);
    const keys = hubs.flatMap(keysOf);
    const signer = this.#sas.keyOf(token, { keys, forms: ['base64'] });
    return signer === undefined ? [] : hubs.filter((hub) => keysOf(hub).includes(signer));
  }

  #byToken<H extends KeyHolder>(hubs: readonly H[], text: string, key: IdentityKey | undefined): readonly H[] {
    const token = this.#sas.read(text);
    if (token === undefined) return [];
    const held = hubs.map((hub) => ({ hub, keys: keysFor(hub, token, key) }));
    const signer = this.#sas.keyOf(token, {
      keys: [...new Set(held.flatMap(({ keys }) => keys))],
      forms: formsOf(text),
    });
    return signer === undefined ? [] : held.filter(({ keys }) => keys.includes(signer)).map(({ hub }) => hub);
  }
}

const formsOf = (token: string): readonly KeyForm[] => (isForEventHubs(token) ? ['base64', 'utf8'] : ['base64']);

/** The keys of a hub with which the token may be signed. */
const keysFor = ({ policies, find }: KeyHolder, { sas }: Token, key: IdentityKey | undefined): string[] => {
  if (sas.policy !== undefined) {
    const policy = policies.get(sas.policy);
    return policy === undefined ? [] : [policy.primaryKey, policy.secondaryKey];
  }
  return [...signersOf(sas, key)].flatMap((signer) => {
    const { primaryKey = null, secondaryKey = null } = find(signer)?.identity.authentication ?? {};
    return [primaryKey, secondaryKey].filter((text) => text !== null);
  });
};

/** Who may have signed a token without a policy: whom it names, whom the client names, and the devices of modules. */
const signersOf = ({ resource }: SasToken, key: IdentityKey | undefined): ReadonlySet<IdentityKey> => {
  const keys = [key, namedIn(resource), namedIn(decoded(resource))].filter((name) => name !== undefined);
  return new Set(keys.flatMap((name) => [name, nameOf(name).deviceId]));
};

/** The device or module of `{host}/devices/{deviceId}[/modules/{moduleId}]`. */
const namedIn = (resource: string): IdentityKey | undefined => {
  const [, devices = '', deviceId = '', modules = '', moduleId = ''] = resource.split('/');
  if (devices.toLowerCase() !== 'devices' || deviceId === '') return undefined;
  const isModule = modules.toLowerCase() === 'modules' && moduleId !== '';
  return keyOf(isModule ? { deviceId, moduleId } : { deviceId });
};

/** Node's SDK encodes ids before it encodes the whole resource. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
