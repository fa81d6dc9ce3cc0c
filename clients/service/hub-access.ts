import type { Dispatcher } from 'undici';
import { readConnectionString } from '../shared/connection-string.ts';
import { ArgumentError } from '../shared/errors.ts';
import { RestApi } from '../shared/rest-api.ts';
import type { RetryPolicy } from '../shared/retry.ts';
import { anHourFromNow, SharedAccessSignature } from '../shared/shared-access-signature.ts';
import { VERSION } from '../shared/user-agent.ts';

/** Provides Microsoft Entra tokens; the part of @azure/core-auth's `TokenCredential` that is needed here. */
export interface TokenCredential {
  getToken(scopes: string | string[]): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** The hub and the credentials for it. */
export interface TransportConfig {
  host: string;
  sharedAccessSignature?: string | SharedAccessSignature | undefined;
  tokenCredential?: TokenCredential | undefined;
  tokenScope?: string | undefined;
}

/** Options of our own; azure-iothub reads certificates to trust from the environment only. */
export interface ServiceOptions {
  /** Certificates to trust, in PEM. */
  ca?: string | Buffer;
  /** When to retry. By default `Registry` and `JobClient` do not retry. */
  retryPolicy?: RetryPolicy;
  /** undici's dispatcher, for a proxy or a test. */
  dispatcher?: Dispatcher;
}

/** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
export const fromConnectionString = (value: string): TransportConfig => {
  if (!value) throw new ReferenceError(`value is '${value}'`);
  const parts = readConnectionString(value, ['HostName', 'SharedAccessKeyName', 'SharedAccessKey']);
  const { HostName, SharedAccessKeyName, SharedAccessKey } = parts;
  return {
    host: HostName,
    sharedAccessSignature: SharedAccessSignature.create(
      HostName,
      SharedAccessKeyName,
      SharedAccessKey,
      anHourFromNow(),
    ),
  };
};

/** The token's resource is the hub. Throws ReferenceError for an empty string, FormatError if it is not a token. */
export const fromSharedAccessSignature = (value: string): TransportConfig => {
  if (!value) throw new ReferenceError(`value is '${value}'`);
  const token = SharedAccessSignature.parse(value);
  return { host: decodeURIComponent(token.sr), sharedAccessSignature: token.toString() };
};

export const fromTokenCredential = (host: string, tokenCredential: TokenCredential): TransportConfig => ({
  host,
  tokenCredential,
  tokenScope: 'https://iothubs.azure.net/.default',
});

/** The REST API of a hub; throws ArgumentError unless `config` has a host and exactly one kind of credentials. */
export const restOf = (config: TransportConfig, options: ServiceOptions = {}): RestApi => {
  if (!config) throw new ReferenceError(`config is '${config}'`);
  if (!config.host) throw new ArgumentError("The 'config' argument is missing the host property");
  const { sharedAccessSignature: token, tokenCredential: credential } = config;
  if (!token && !credential)
    throw new ArgumentError("The 'config' argument needs a sharedAccessSignature or a tokenCredential");
  if (token && credential)
    throw new ArgumentError("The 'config' argument has both a sharedAccessSignature and a tokenCredential");
  const authorize = credential ? bearer(credential, config.tokenScope ?? '') : signature(token ?? '');
  return new RestApi({ host: config.host, authorize, userAgent: `iothub-emulator-service/${VERSION}`, ...options });
};

const RENEW_BEFORE_S = 30 * 60;

/** One token is used for many requests: the hub verifies a token that it has seen before faster. */
const signature = (token: string | SharedAccessSignature): (() => string) => {
  if (typeof token === 'string') return () => token;
  let text = '';
  let renewAt = 0;
  return () => {
    if (text === '' || Date.now() / 1000 >= renewAt) {
      const expiry = anHourFromNow();
      text = token.extend(expiry);
      renewAt = expiry - RENEW_BEFORE_S;
    }
    return text;
  };
};

const RENEW_BEFORE_MS = 9 * 60_000;

const bearer = (credential: TokenCredential, scope: string): (() => Promise<string>) => {
  let current: { token: string; expiresOnTimestamp: number } | null = null;
  return async () => {
    if (!current || current.expiresOnTimestamp - Date.now() <= RENEW_BEFORE_MS)
      current = await credential.getToken(scope);
    if (!current) throw new Error('AccessToken creation failed');
    return `Bearer ${current.token}`;
  };
};
