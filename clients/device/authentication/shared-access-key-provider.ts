import { EventEmitter } from 'node:events';
import {
  type AuthenticationProvider,
  AuthenticationType,
  type TransportConfig,
} from '../../shared/authentication-provider.ts';
import { type Callback, settle } from '../../shared/callback.ts';
import { readConnectionString } from '../../shared/connection-string.ts';
import { ArgumentError } from '../../shared/errors.ts';
import {
  encodeUriComponentStrict,
  resourceUriOf,
  SharedAccessSignature,
} from '../../shared/shared-access-signature.ts';

/** Creates tokens from a device's key and replaces them before they expire; emits `newTokenAvailable` with the credentials. */
export class SharedAccessKeyAuthenticationProvider extends EventEmitter implements AuthenticationProvider {
  type: AuthenticationType = AuthenticationType.Token;
  readonly #credentials: TransportConfig;
  #validSeconds: number;
  #marginSeconds: number;
  #expiry = 0;
  #renewal: NodeJS.Timeout | undefined;

  /** Tokens are valid for `tokenValidTimeInSeconds` and replaced `tokenRenewalMarginInSeconds` before they expire. */
  constructor(credentials: TransportConfig, tokenValidTimeInSeconds = 3600, tokenRenewalMarginInSeconds = 900) {
    super();
    this.#credentials = { ...credentials };
    this.#validSeconds = tokenValidTimeInSeconds;
    this.#marginSeconds = tokenRenewalMarginInSeconds;
    checkTimes(tokenValidTimeInSeconds, tokenRenewalMarginInSeconds);
  }

  /** Throws ArgumentError unless the margin is shorter than the validity. */
  setTokenRenewalValues(tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number): void {
    checkTimes(tokenValidTimeInSeconds, tokenRenewalMarginInSeconds);
    this.#validSeconds = tokenValidTimeInSeconds;
    this.#marginSeconds = tokenRenewalMarginInSeconds;
    if (this.#renewal) this.#replace();
  }

  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  getDeviceCredentials(callback?: Callback<TransportConfig>) {
    return settle(async () => {
      if (this.#expiry - Math.floor(Date.now() / 1000) < this.#marginSeconds) this.#sign();
      if (!this.#renewal) this.#schedule();
      return this.#credentials;
    }, callback);
  }

  /** Creates no more tokens until credentials are requested again. */
  stop(): void {
    clearTimeout(this.#renewal);
    this.#renewal = undefined;
    this.#expiry = 0;
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(
    connectionString: string,
    tokenValidTimeInSeconds?: number,
    tokenRenewalMarginInSeconds?: number,
  ): SharedAccessKeyAuthenticationProvider {
    if (!connectionString) throw new ReferenceError(`connectionString cannot be '${connectionString}'`);
    const parts = readConnectionString(connectionString, ['DeviceId', 'HostName', 'SharedAccessKey']);
    const credentials = {
      host: parts.HostName,
      gatewayHostName: parts.GatewayHostName,
      deviceId: parts.DeviceId,
      moduleId: parts.ModuleId,
      sharedAccessKeyName: parts.SharedAccessKeyName,
      sharedAccessKey: parts.SharedAccessKey,
    };
    return new SharedAccessKeyAuthenticationProvider(credentials, tokenValidTimeInSeconds, tokenRenewalMarginInSeconds);
  }

  #sign(): void {
    const { sharedAccessKeyName, sharedAccessKey = '' } = this.#credentials;
    this.#expiry = Math.floor(Date.now() / 1000) + this.#validSeconds;
    const resource = encodeUriComponentStrict(resourceUriOf(this.#credentials));
    const token = SharedAccessSignature.create(resource, sharedAccessKeyName, sharedAccessKey, this.#expiry);
    this.#credentials.sharedAccessSignature = token.toString();
    if (this.#renewal) this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => this.#replace(), (this.#validSeconds - this.#marginSeconds) * 1000);
    this.#renewal.unref(); // only the connection should keep the process alive
  }

  #replace(): void {
    this.#sign();
    this.emit('newTokenAvailable', this.#credentials);
  }
}

const checkTimes = (valid: number, margin: number): void => {
  if (valid <= margin) throw new ArgumentError('tokenRenewalMarginInSeconds must be less than tokenValidTimeInSeconds');
};
