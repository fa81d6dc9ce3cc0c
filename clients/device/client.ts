import type { AuthenticationProvider } from '../shared/authentication-provider.ts';
import type { Message } from '../shared/message.ts';
import { InternalClient, type MethodHandler } from './internal-client.ts';
import * as providers from './providers.ts';
import type { DeviceTransport, TransportCtor } from './transport.ts';

/** A device. Emits `message` for messages from the cloud, which it listens to while there is a listener. */
export class Client extends InternalClient {
  constructor(transport: DeviceTransport) {
    super(transport);
    transport.on('message', (message: Message) => this.emit('message', message));
    this.on('newListener', (event) => {
      if (event === 'message') this.listen('c2d');
    });
    this.on('removeListener', (event) => {
      if (event === 'message' && this.listenerCount('message') === 0) this.unlisten('c2d');
    });
  }

  /** Answers calls of one direct method; throws if the method has a handler already. */
  onDeviceMethod(methodName: string, callback: MethodHandler): void {
    this.addMethod(methodName, callback);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(connStr: string, transportCtor: TransportCtor): Client {
    return new Client(new transportCtor(providers.fromConnectionString(connStr)));
  }

  static fromSharedAccessSignature(sharedAccessSignature: string, transportCtor: TransportCtor): Client {
    return new Client(new transportCtor(providers.fromSharedAccessSignature(sharedAccessSignature)));
  }

  static fromAuthenticationProvider(
    authenticationProvider: AuthenticationProvider,
    transportCtor: TransportCtor,
  ): Client {
    providers.checkProvider(authenticationProvider, transportCtor);
    return new Client(new transportCtor(authenticationProvider));
  }
}
