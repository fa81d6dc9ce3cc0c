import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Right } from './policies.ts';
import type { Scope } from './resource.ts';

/** How a caller proved its identity; `none`: authentication is switched off. */
export type AuthMethod = 'sas' | 'x509' | 'none';

interface Authenticated<R extends string> {
  readonly rights: readonly R[];
  /** End of the token, clock skew included, ms since 1970 on the wall clock; Infinity for certificates. */
  readonly expiresAt: number;
  readonly method: AuthMethod;
}

/** A service app that signed with the key of a shared access policy. */
export interface PolicyPrincipal<R extends string = Right> extends Authenticated<R> {
  readonly kind: 'policy';
  readonly policy: string;
  /** The token is valid for paths below this one; for all if it is empty. */
  readonly scope: Scope;
}

/** A device or module. */
export interface IdentityPrincipal<R extends string = Right> extends Authenticated<R> {
  readonly kind: 'device' | 'module';
  readonly key: IdentityKey;
}

/** A caller that was authenticated. `R` are the rights of the service that it called, by default IoT Hub's. */
export type Principal<R extends string = Right> = PolicyPrincipal<R> | IdentityPrincipal<R>;
