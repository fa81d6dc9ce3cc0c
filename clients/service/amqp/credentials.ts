import type { Claim } from '../../shared/amqp/cbs.ts';
import { anHourFromNow, SharedAccessSignature } from '../../shared/shared-access-signature.ts';
import type { TransportConfig } from '../hub-access.ts';

/** A claim, and when it must be replaced: milliseconds from now; undefined if it is the program's own. */
export interface RenewableClaim extends Claim {
  readonly renewAfterMs: number | undefined;
}

/** As azure-iothub 1.16.6, amqp.js: a token of one hour is replaced after three quarters of it. */
const RENEWAL_MS = 2_700_000;

/** The tokens that a service sends to the hub. */
export class Credentials {
  readonly #config: TransportConfig;
  #signature: string | SharedAccessSignature | undefined;

  constructor(config: TransportConfig) {
    this.#config = config;
    this.#signature = config.sharedAccessSignature;
  }

  /** Uses another token from now on. */
  replace(sharedAccessSignature: string): void {
    this.#signature = sharedAccessSignature;
  }

  async claim(): Promise<RenewableClaim> {
    const signature = this.#signature;
    if (!signature) return this.#bearer();
    const audience = SharedAccessSignature.parse(signature.toString(), ['sr', 'sig', 'se']).sr;
    if (typeof signature === 'string') return { audience, token: signature, renewAfterMs: undefined };
    return { audience, token: signature.extend(anHourFromNow()), renewAfterMs: RENEWAL_MS };
  }

  async accessToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    const token = await this.#config.tokenCredential?.getToken(this.#config.tokenScope ?? '');
    if (!token) throw new Error('AccessToken creation failed'); // text of azure-iothub 1.16.6
    return token;
  }

  async #bearer(): Promise<RenewableClaim> {
    const { token, expiresOnTimestamp } = await this.accessToken();
    const renewAfterMs = Math.max(1000, (2 / 3) * (expiresOnTimestamp - Date.now()));
    return { audience: this.#config.tokenScope ?? '', token: `Bearer ${token}`, renewAfterMs };
  }
}
