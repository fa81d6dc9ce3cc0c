import {
  type AuthenticationProvider,
  AuthenticationType,
  type TransportConfig,
  type X509,
} from '../../shared/authentication-provider.ts';
import { ArgumentError, InvalidOperationError } from '../../shared/errors.ts';
import type { DeviceClientOptions } from '../transport.ts';

// Programs bring their own providers, so optional methods are detected at run time.

/** Uses the callback form, which every provider written for azure-iot-device supports. */
export const credentialsOf = (provider: AuthenticationProvider): Promise<TransportConfig> =>
  new Promise((resolve, reject) => {
    provider.getDeviceCredentials((error, credentials) => {
      if (error) reject(error);
      else if (credentials) resolve(credentials);
      else reject(new ArgumentError('The authentication provider gave no credentials'));
    });
  });

/** Calls `changed` whenever a provider of tokens has a new one. */
export const onNewToken = (provider: AuthenticationProvider, changed: () => void): void => {
  if (provider.type === AuthenticationType.Token && has(provider, 'on')) provider.on('newTokenAvailable', changed);
};

export const canStop = (provider: AuthenticationProvider): provider is AuthenticationProvider & { stop(): void } =>
  has(provider, 'stop');

export const canUpdate = (
  provider: AuthenticationProvider,
): provider is AuthenticationProvider & { updateSharedAccessSignature(token: string): void } =>
  has(provider, 'updateSharedAccessSignature');

/** Passes a client's options to its provider; throws ArgumentError or InvalidOperationError if they do not fit together. */
export const applyOptions = (provider: AuthenticationProvider, options: DeviceClientOptions): void => {
  const isToken = provider.type === AuthenticationType.Token;
  if (isToken && options.cert)
    throw new ArgumentError('Cannot set x509 options on a device that uses token authentication.');
  if (options.tokenRenewal) {
    if (!isToken) throw new InvalidOperationError('cannot set token renewal options when using X509 authentication');
    if (!provider.setTokenRenewalValues)
      throw new InvalidOperationError('can only set token renewal options when using pre-shared key authentication');
    const { tokenValidTimeInSeconds, tokenRenewalMarginInSeconds } = options.tokenRenewal;
    provider.setTokenRenewalValues(tokenValidTimeInSeconds, tokenRenewalMarginInSeconds);
  }
  if (options.cert && has(provider, 'setX509Options')) provider.setX509Options(options satisfies X509);
};

const has = <N extends string>(
  provider: object,
  name: N,
): provider is { readonly [K in N]: (...parameters: readonly unknown[]) => void } =>
  typeof Reflect.get(provider, name) === 'function';
