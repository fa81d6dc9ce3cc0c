import { HubError } from '../../protocol/errors.ts';
import type { ClientRefusal } from '../hub/refusal.ts';
import type { Log } from '../log.ts';
import type { ShownCredentials } from './hub-finder.ts';
import { type DeviceCredentials, type FindIdentity, IdentityAccess, unauthenticated } from './identity-access.ts';
import { POLICY_RIGHTS, type Policies, type Right } from './policies.ts';
import { PolicyAccess } from './policy-access.ts';
import type { IdentityPrincipal, PolicyPrincipal } from './principal.ts';
import { explain, isRefusal, type Refusal } from './refusals.ts';
import { isForEventHubs, SasVerifier } from './sas-verifier.ts';

export interface AuthenticatorOptions {
  readonly policies: Policies;
  readonly find: FindIdentity;
  /** `off` admits every caller, except devices that do not exist, and logs what would have been refused. */
  readonly mode: 'strict' | 'off';
  readonly log: Log;
  /** Told of every caller that is refused, after the log; default: no one is told. */
  readonly refused?: (refusal: ClientRefusal) => void;
  /** The names of all hubs on the same ports that accept the credentials; they are refused if there are several. */
  readonly hubsOf?: (credentials: ShownCredentials) => readonly string[];
  /** The wall clock, ms since 1970, whatever the hub's clock is; default `Date.now`. */
  readonly now?: () => number;
}

/** Authenticates the callers of a hub's servers, and logs refusals with cause and remedy. */
export class Authenticator {
  readonly #find: FindIdentity;
  readonly #services: PolicyAccess<Right>;
  readonly #eventHubs: PolicyAccess<Right>;
  readonly #devices: IdentityAccess;
  /** False if every caller is admitted. */
  readonly isStrict: boolean;
  readonly #log: Log;
  readonly #refused: (refusal: ClientRefusal) => void;
  readonly #hubsOf: (credentials: ShownCredentials) => readonly string[];

  constructor(options: AuthenticatorOptions) {
    const { policies, find, mode, log, refused = () => {}, hubsOf = () => [], now = Date.now } = options;
    this.#find = find;
    this.#services = new PolicyAccess(policies, new SasVerifier(now));
    this.#eventHubs = new PolicyAccess(policies, new SasVerifier(now), ['base64', 'utf8']);
    // devices send a token once for each connection: it is not worth its memory
    this.#devices = new IdentityAccess(find, this.#services, new SasVerifier(now, 0));
    this.isStrict = mode === 'strict';
    this.#log = log;
    this.#refused = refused;
    this.#hubsOf = hubsOf;
  }

  /**
   * The service app that sent the Authorization header, if it has one of `rights` for the resource `path`.
   * Throws IotHubUnauthorizedAccess.
   */
  service(authorization: string | undefined, rights: readonly Right[], path: string): PolicyPrincipal {
    const access = isForEventHubs(authorization) ? this.#eventHubs : this.#services;
    const outcome = this.#checkHubs({ token: authorization }) ?? access.authenticate(authorization, { rights, path });
    if (!isRefusal(outcome)) return outcome;
    const explanation = this.#report('a request', outcome, { path });
    if (this.isStrict) throw this.#refuse({ what: 'request', subject: path, ...explanation });
    return OWNER;
  }

  /** The device or module that connects. Throws IotHubUnauthorizedAccess, whatever is wrong. */
  device(credentials: DeviceCredentials): IdentityPrincipal {
    const { key, password, certificate } = credentials;
    const outcome = this.#checkHubs({ token: password, key, certificate }) ?? this.#devices.authenticate(credentials);
    if (!isRefusal(outcome)) return outcome;
    const explanation = this.#report('a connection', outcome, { device: key });
    const identity = this.isStrict ? undefined : this.#find(key)?.identity;
    if (identity === undefined) throw this.#refuse({ what: 'connection', key, ...explanation });
    return unauthenticated(identity);
  }

  #checkHubs(credentials: ShownCredentials): Refusal | undefined {
    const names = this.#hubsOf(credentials);
    return names.length < 2
      ? undefined
      : { code: 'ambiguous', detail: { hubs: names.join(', '), name: names.at(-1) ?? '' } };
  }

  #report(what: string, { code, detail }: Refusal, fields: Readonly<Record<string, string>>) {
    const explanation = explain({ code, detail: { ...fields, ...detail } });
    this.#log.warn(`${this.isStrict ? 'Refused' : 'Would have refused'} ${what}`, { ...fields, ...explanation });
    return { code, ...explanation };
  }

  #refuse(refusal: ClientRefusal): HubError {
    this.#refused(refusal);
    const { cause, remedy } = refusal;
    return new HubError('IotHubUnauthorizedAccess', 'Unauthorized', { hint: cause, remedy });
  }
}

/** Every caller, while authentication is off. */
const OWNER: PolicyPrincipal = {
  kind: 'policy',
  policy: 'iothubowner',
  rights: POLICY_RIGHTS.iothubowner,
  scope: [],
  expiresAt: Number.POSITIVE_INFINITY,
  method: 'none',
};
