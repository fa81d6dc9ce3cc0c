import type { Callback } from './callback.ts';

/** The kind of a device's credentials. */
export const AuthenticationType = { X509: 0, Token: 1 } as const;
export type AuthenticationType = (typeof AuthenticationType)[keyof typeof AuthenticationType];

/** A client certificate with its key, in PEM. */
export interface X509 {
  cert?: string | string[] | Buffer | Buffer[];
  key?: string | Buffer;
  passphrase?: string;
  clientCertEngine?: string;
  certFile?: string;
  keyFile?: string;
}

/** A device or module, its hub, and its credentials. */
export interface TransportConfig {
  host: string;
  deviceId: string;
  moduleId?: string | undefined;
  sharedAccessSignature?: string | undefined;
  sharedAccessKeyName?: string | undefined;
  sharedAccessKey?: string | undefined;
  x509?: X509 | undefined;
  gatewayHostName?: string | undefined;
}

/** Provides credentials; a provider of tokens emits `newTokenAvailable` when it has new ones. */
export interface AuthenticationProvider {
  type: AuthenticationType;
  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  setTokenRenewalValues?(tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number): void;
}
