import type { Policies, Policy } from './policies.ts';
import type { PolicyPrincipal } from './principal.ts';
import { isRefusal, type Refusal } from './refusals.ts';
import { covers } from './resource.ts';
import type { KeyForm, SasVerifier, Token } from './sas-verifier.ts';

/** What a caller asks for. */
export interface Access<R extends string> {
  /** One of them is enough. */
  readonly rights: readonly R[];
  /** The resource, such as `/twins/d1`. */
  readonly path: string;
}

/** Authenticates callers who sign with the key of a shared access policy of one service. */
export class PolicyAccess<R extends string> {
  readonly #policies: Policies<R>;
  readonly #sas: SasVerifier;
  readonly #forms: readonly KeyForm[];

  /** `forms`: how this service's clients use keys. */
  constructor(policies: Policies<R>, sas: SasVerifier, forms: readonly KeyForm[] = ['base64']) {
    this.#policies = policies;
    this.#sas = sas;
    this.#forms = forms;
  }

  /** The caller who sent the token `text`, if the token is valid and allows what is asked for. */
  authenticate(text: string | undefined, { rights, path }: Access<R>): PolicyPrincipal<R> | Refusal {
    if (text === undefined || text === '') return { code: 'no-token' };
    const token = this.#sas.read(text);
    if (token === undefined) return { code: 'not-a-token', detail: { where: 'the Authorization header' } };
    const policy = this.signer(token);
    if (isRefusal(policy)) return policy;
    if (!covers(token.scope, path)) return { code: 'wrong-resource', detail: { resource: token.sas.resource, path } };
    return checkRight(policy, rights) ?? principalOf(token, policy);
  }

  /** The policy that has signed `token`. */
  signer(token: Token): Policy<R> | Refusal {
    const { policy: name } = token.sas;
    if (name === undefined) return { code: 'no-policy' };
    const policy = this.#policies.get(name);
    if (policy === undefined)
      return { code: 'unknown-policy', detail: { policy: name, known: [...this.#policies.keys()].join(', ') } };
    switch (this.#sas.check(token, { keys: [policy.primaryKey, policy.secondaryKey], forms: this.#forms })) {
      case undefined:
        return policy;
      case 'expired':
        return { code: 'expired' };
      case 'wrong-key':
        return { code: 'wrong-policy-key', detail: { policy: name } };
    }
  }
}

const principalOf = <R extends string>({ scope, expiresAt }: Token, policy: Policy<R>): PolicyPrincipal<R> => ({
  kind: 'policy',
  policy: policy.name,
  rights: policy.rights,
  scope,
  expiresAt,
  method: 'sas',
});

/** Why the policy does not allow it; undefined if it has one of `rights`. */
export const checkRight = <R extends string>(policy: Policy<R>, rights: readonly R[]): Refusal | undefined =>
  rights.some((right) => policy.rights.includes(right))
    ? undefined
    : { code: 'missing-right', detail: { policy: policy.name, right: rights.join(' or ') } };
