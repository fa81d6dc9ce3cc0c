import { EventEmitter } from 'node:events';
import {
  type AuthenticationProvider,
  AuthenticationType,
  type TransportConfig,
} from '../../shared/authentication-provider.ts';
import { type Callback, settle } from '../../shared/callback.ts';
import { SharedAccessSignature } from '../../shared/shared-access-signature.ts';

/** Has a token that the application creates and replaces; emits `newTokenAvailable` with the credentials. */
export class SharedAccessSignatureAuthenticationProvider extends EventEmitter implements AuthenticationProvider {
  type: AuthenticationType = AuthenticationType.Token;
  readonly #credentials: TransportConfig;

  constructor(credentials: TransportConfig) {
    super();
    this.#credentials = { ...credentials };
  }

  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  getDeviceCredentials(callback?: Callback<TransportConfig>) {
    return settle(async () => this.#credentials, callback);
  }

  stop(): void {}

  updateSharedAccessSignature(sharedAccessSignature: string): void {
    this.#credentials.sharedAccessSignature = sharedAccessSignature;
    this.emit('newTokenAvailable', this.#credentials);
  }

  /** Reads hub, device and module from the token. Throws ReferenceError or FormatError if it is not a token. */
  static fromSharedAccessSignature(sharedAccessSignature: string): SharedAccessSignatureAuthenticationProvider {
    if (!sharedAccessSignature) throw new ReferenceError(`sharedAccessSignature cannot be '${sharedAccessSignature}'`);
    const resource = decodeURIComponent(SharedAccessSignature.parse(sharedAccessSignature).sr);
    const [host = '', devices, deviceId = '', modules, moduleId] = resource.split('/');
    return new SharedAccessSignatureAuthenticationProvider({
      host,
      deviceId: devices === 'devices' ? deviceId : '',
      moduleId: modules === 'modules' ? moduleId : undefined,
      sharedAccessSignature,
    });
  }
}
