import { EventEmitter } from 'node:events';
import { amqpAddress } from '../../shared/amqp/address.ts';
import { TokenSender } from '../../shared/amqp/cbs.ts';
import { type AmqpAddress, AmqpConnection } from '../../shared/amqp/connection.ts';
import { amqpError, translated } from '../../shared/amqp/error.ts';
import type { Outcome } from '../../shared/amqp/receiver.ts';
import type { AuthenticationProvider, TransportConfig } from '../../shared/authentication-provider.ts';
import { DeviceMessageLockLostError, NotConnectedError, NotImplementedError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import * as results from '../../shared/results.ts';
import { SharedAccessSignature } from '../../shared/shared-access-signature.ts';
import { applyOptions, canStop, canUpdate, credentialsOf, onNewToken } from '../authentication/credentials.ts';
import type { DeviceMethodResponse } from '../method.ts';
import type { Capability, DeviceClientOptions, DeviceTransport, TwinDocument } from '../transport.ts';
import { twinDocumentOf } from '../twin-document.ts';
import { DeviceLinks } from './device-links.ts';
import { placeOf } from './place.ts';

/** AMQP 1.0 over TLS. */
export class Amqp extends EventEmitter implements DeviceTransport {
  readonly #provider: AuthenticationProvider;
  readonly #enabled = new Set<Capability>();
  #options: DeviceClientOptions = {};
  #links: Promise<DeviceLinks> | undefined;

  constructor(provider: AuthenticationProvider) {
    super();
    this.#provider = provider;
    onNewToken(provider, () => this.#renew().catch((error: unknown) => this.emit('disconnect', error)));
  }

  async connect(): Promise<results.Connected> {
    await this.#connected();
    return new results.Connected();
  }

  async disconnect(): Promise<results.Disconnected> {
    const links = this.#links;
    this.#links = undefined;
    if (canStop(this.#provider)) this.#provider.stop();
    await links?.then(
      (open) => open.close(),
      () => undefined,
    );
    return new results.Disconnected();
  }

  async setOptions(options: DeviceClientOptions): Promise<void> {
    applyOptions(this.#provider, options);
    this.#options = { ...this.#options, ...options };
  }

  async updateSharedAccessSignature(token: string): Promise<results.SharedAccessSignatureUpdated> {
    if (!canUpdate(this.#provider)) throw new NotImplementedError('The token of these credentials cannot be replaced');
    this.#provider.updateSharedAccessSignature(token); // emits newTokenAvailable
    return new results.SharedAccessSignatureUpdated(false);
  }

  async sendEvent(message: Message, outputName?: string): Promise<results.MessageEnqueued> {
    await this.#do('AMQP Transport: Could not send', (links) => links.sendEvent(message, outputName));
    return new results.MessageEnqueued();
  }

  async sendEventBatch(): Promise<results.MessageEnqueued> {
    throw new NotImplementedError('AMQP Transport does not support batching yet'); // text of azure-iot-device-amqp 1.14
  }

  async complete(message: Message): Promise<results.MessageCompleted> {
    await this.#settle(message, 'accept');
    return new results.MessageCompleted();
  }

  async reject(message: Message): Promise<results.MessageRejected> {
    await this.#settle(message, 'reject');
    return new results.MessageRejected();
  }

  async abandon(message: Message): Promise<results.MessageAbandoned> {
    await this.#settle(message, 'release');
    return new results.MessageAbandoned();
  }

  async getTwin(): Promise<TwinDocument> {
    const body = await this.#do('could not get twin', async (links) => (await links.twin()).ask({ operation: 'GET' }));
    return twinDocumentOf(body);
  }

  async updateReported(patch: unknown): Promise<void> {
    const request = { operation: 'PATCH', resource: '/properties/reported', body: JSON.stringify(patch) } as const;
    await this.#do('could not update twin reported properties', async (links) => (await links.twin()).ask(request));
  }

  async sendMethodResponse(response: DeviceMethodResponse): Promise<void> {
    if (!this.#links)
      throw new NotConnectedError('The device is disconnected, so the hub no longer waits for this method');
    await (await this.#links).answer(response);
  }

  async enable(capability: Capability): Promise<void> {
    await this.#do('AMQP Transport: Could not attach receiver link', (links) => links.enable(capability));
    this.#enabled.add(capability);
  }

  async disable(capability: Capability): Promise<void> {
    if (!this.#enabled.delete(capability) || !this.#links) return;
    await (await this.#links).disable(capability);
  }

  /** @internal Overridden by `AmqpWs`. */
  protected address(host: string, tls: AmqpAddress['tls']): AmqpAddress {
    return amqpAddress(host, tls);
  }

  #do<T>(message: string, operation: (links: DeviceLinks) => Promise<T>): Promise<T> {
    return translated(message, async () => operation(await this.#connected()));
  }

  async #settle(message: Message, outcome: Outcome): Promise<void> {
    if (!this.#links) throw new DeviceMessageLockLostError('No active C2D link'); // text of azure-iot-device-amqp 1.14
    await (await this.#links).settle(message, outcome);
  }

  #connected(): Promise<DeviceLinks> {
    if (this.#links) return this.#links;
    const opening: Promise<DeviceLinks> = translated('AMQP Transport: Could not connect', () =>
      this.#open((error) => this.#lost(opening, error)),
    );
    this.#links = opening;
    opening.catch(() => {
      if (this.#links === opening) this.#links = undefined;
    });
    return opening;
  }

  /** Connects, authenticates, and enables everything that was enabled before. */
  async #open(onClosed: (error: unknown) => void): Promise<DeviceLinks> {
    const credentials = await credentialsOf(this.#provider);
    const host = credentials.gatewayHostName || credentials.host;
    const connection = await AmqpConnection.open(this.address(host, tlsOf(credentials, this.#options)), onClosed);
    try {
      const tokens = credentials.sharedAccessSignature ? await TokenSender.open(connection) : undefined;
      await tokens?.put(claimOf(credentials));
      const links = new DeviceLinks(connection, { place: placeOf(credentials, this.#options), target: this, tokens });
      for (const capability of this.#enabled) await links.enable(capability);
      queueMicrotask(() => this.emit('connected'));
      return links;
    } catch (error) {
      void connection.close();
      throw error;
    }
  }

  #lost(links: Promise<DeviceLinks>, error: unknown): void {
    if (this.#links !== links) return;
    this.#links = undefined;
    const known = amqpError('AMQP client disconnected', error); // text of azure-iot-device-amqp 1.14
    // whatever reason the hub gave, the connection can be restored
    const cause = known.constructor === Error ? Object.assign(new NotConnectedError(known.message), known) : known;
    this.emit('disconnect', cause);
  }

  /** Sends the new token over the connection. */
  async #renew(): Promise<void> {
    const links = await this.#links;
    await links?.tokens?.put(claimOf(await credentialsOf(this.#provider)));
  }
}

const claimOf = ({ sharedAccessSignature: token = '' }: TransportConfig) => ({
  audience: SharedAccessSignature.parse(token, ['sr', 'sig', 'se']).sr,
  token,
});

const tlsOf = ({ x509 }: TransportConfig, { ca }: DeviceClientOptions): AmqpAddress['tls'] => ({
  ...(ca === undefined ? {} : { ca }),
  ...(x509?.cert === undefined ? {} : { cert: [x509.cert].flat().join('\n') }),
  ...(x509?.key === undefined ? {} : { key: x509.key }),
  ...(x509?.passphrase === undefined ? {} : { passphrase: x509.passphrase }),
});
