import {
  type AuthenticationProvider,
  AuthenticationType,
  type TransportConfig,
  type X509,
} from '../../shared/authentication-provider.ts';
import { type Callback, settle } from '../../shared/callback.ts';
import { ArgumentError } from '../../shared/errors.ts';

/** Has a client certificate. */
export class X509AuthenticationProvider implements AuthenticationProvider {
  type: AuthenticationType = AuthenticationType.X509;
  readonly #credentials: TransportConfig;

  constructor(credentials: TransportConfig) {
    this.#credentials = { ...credentials };
  }

  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  getDeviceCredentials(callback?: Callback<TransportConfig>) {
    return settle(async () => this.#credentials, callback);
  }

  setX509Options(x509: X509): void {
    this.#credentials.x509 = x509;
  }

  /** Throws ReferenceError or ArgumentError if something is missing. */
  static fromX509Options(deviceId: string, iotHubHostname: string, x509info: X509): X509AuthenticationProvider {
    for (const [name, value] of Object.entries({ deviceId, iotHubHostname, x509info }))
      if (!value) throw new ReferenceError(`${name} cannot be '${value}'`);
    for (const name of ['cert', 'key'] as const)
      if (!x509info[name]) throw new ArgumentError(`x509info.${name} cannot be '${x509info[name]}'`);
    return new X509AuthenticationProvider({ deviceId, host: iotHubHostname, x509: x509info });
  }
}
