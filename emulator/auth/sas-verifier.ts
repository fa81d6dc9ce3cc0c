import { parseSas, type SasToken, verifySas } from '../../protocol/sas.ts';
import { type Scope, scopeOf } from './resource.ts';

/** The service's own SDKs allow the clocks of a hub and of its clients to differ by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;
const REMEMBERED_TOKENS = 10_000;
/** Characters; fields that say nothing can make a token as long as the protocol takes. SDKs write less than 1,000. */
const LONGEST_REMEMBERED = 1_024;

/**
 * How the text of a key becomes the key of the HMAC: IoT Hub's SDKs decode it, those of Event Hubs use its characters.
 * https://learn.microsoft.com/rest/api/eventhub/generate-sas-token
 */
export type KeyForm = 'base64' | 'utf8';

/**
 * Clients of Event Hubs use the characters of a key, and begin the resource with a scheme: `amqp` the one for Java, `amqps` those for
 * Go and Rust, others `sb`.
 */
export const isForEventHubs = (token: string | undefined): boolean =>
  /[ &]sr=(?:sb|amqps?)(?:%3a|:)/i.test(token ?? '');

/** A token that was read, but not verified: see `SasVerifier.check`. */
export interface Token {
  readonly text: string;
  readonly sas: SasToken;
  readonly scope: Scope;
  /** Clock skew included, ms since 1970. */
  readonly expiresAt: number;
}

/** The keys with which a token may be signed. */
export interface Keys {
  readonly keys: readonly string[];
  readonly forms: readonly KeyForm[];
}

/** Why a token is not valid: signed with none of the keys, or expired. */
export type TokenFault = 'wrong-key' | 'expired';

interface Verified {
  readonly token: Token;
  readonly key: string;
  readonly form: KeyForm;
}

/**
 * Reads tokens and verifies signature and expiry. It knows neither policies nor devices: it remembers with which key a token
 * was signed, which never changes, and compares with the keys of the moment.
 */
export class SasVerifier {
  readonly #now: () => number;
  readonly #capacity: number;
  /** By the text of the token; only tokens whose signature was verified, so that unknown clients cannot fill it. */
  readonly #verified = new Map<string, Verified>();

  /** `now`: ms since 1970 on the wall clock, which SDKs follow. `capacity`: how many tokens it remembers. */
  constructor(now: () => number, capacity: number = REMEMBERED_TOKENS) {
    this.#now = now;
    this.#capacity = capacity;
  }

  /** Undefined if `text` is not a shared access signature. */
  read(text: string): Token | undefined {
    const known = this.#verified.get(text);
    if (known !== undefined) return known.token;
    const sas = parseSas(text);
    if (sas === undefined) return undefined;
    return { text, sas, scope: scopeOf(sas.resource), expiresAt: sas.expiry * 1000 + CLOCK_SKEW_MS };
  }

  /** Undefined if the token was signed with one of the keys and has not expired. */
  check(token: Token, { keys, forms }: Keys): TokenFault | undefined {
    if (this.keyOf(token, { keys, forms }) === undefined) return 'wrong-key';
    return token.expiresAt <= this.#now() ? 'expired' : undefined;
  }

  /** The key, one of these, with which the token was signed, whether it has expired or not. */
  keyOf(token: Token, { keys, forms }: Keys): string | undefined {
    const known = this.#verified.get(token.text);
    if (known !== undefined && keys.includes(known.key) && forms.includes(known.form)) return known.key;
    return this.#verify(token, { keys, forms });
  }

  #verify(token: Token, { keys, forms }: Keys): string | undefined {
    let signed: Verified | undefined;
    // all keys are tried, so that the time taken does not depend on the one that fits
    for (const form of forms)
      for (const key of keys) if (verifySas(token.sas, [Buffer.from(key, form)])) signed = { token, key, form };
    if (signed !== undefined) this.#remember(signed);
    return signed?.key;
  }

  #remember(verified: Verified): void {
    if (this.#capacity === 0 || verified.token.text.length > LONGEST_REMEMBERED) return;
    if (this.#verified.size >= this.#capacity) this.#verified.delete(this.#verified.keys().next().value ?? '');
    this.#verified.set(verified.token.text, verified);
  }
}
