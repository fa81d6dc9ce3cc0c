import { type IdentityKey, nameOf } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import { BUILT_IN_ENDPOINT } from '../../protocol/routing.ts';
import { renderTwin } from '../hub/twins/twin-document.ts';
import { receivedFrom } from './received.ts';
import type { TestHub } from './test-hub.ts';

/** A device or module of a hub, seen from the service side. It need not exist yet. */
export class TestDevice {
  /** Its hub. */
  readonly iotHub: TestHub;
  /** Its id: `deviceId`, or `deviceId/moduleId`. */
  readonly key: IdentityKey;

  /** @internal Use `TestHub.device` or `TestHub.create`. */
  constructor(iotHub: TestHub, key: IdentityKey) {
    this.iotHub = iotHub;
    this.key = key;
  }

  /**
   * The connection string for its app.
   * @throws HubError DeviceNotFound, ModuleNotFound.
   * @example Client.fromConnectionString(iotHub.device('oven').connectionString, Mqtt)
   */
  get connectionString(): string {
    const { deviceId, moduleId } = nameOf(this.key);
    return moduleId === undefined
      ? this.iotHub.deviceConnectionString(deviceId)
      : this.iotHub.moduleConnectionString(deviceId, moduleId);
  }

  /**
   * The twin as a service reads it.
   * @throws HubError DeviceNotFound, ModuleNotFound.
   * @example expect(iotHub.device('oven').twin).toMatchObject({ tags: { hall: 4 } })
   */
  get twin(): JsonObject {
    return renderTwin(this.iotHub.hub.fleet.get(this.key));
  }

  /**
   * Merges into the desired properties of the twin, at once; null deletes.
   * @throws HubError DeviceNotFound, ModuleNotFound, or what the hub answers to an invalid patch.
   * @example iotHub.device('oven').desire({ celsius: 220 })
   */
  desire(patch: JsonObject): void {
    this.iotHub.hub.twins.patch(this.key, { properties: { desired: patch } });
  }

  /**
   * Merges into the tags of the twin, at once; null deletes.
   * @throws HubError DeviceNotFound, ModuleNotFound, or what the hub answers to an invalid patch.
   * @example iotHub.device('oven').tag({ hall: 4 })
   */
  tag(patch: JsonObject): void {
    this.iotHub.hub.twins.patch(this.key, { tags: patch });
  }

  /**
   * Calls a direct method. With a virtual clock an answer that does not come times out after `iotHub.advance('30s')`.
   * @param payload - Any JSON; default null.
   * @returns Status and payload of the answer; rejects with the HubError that a service app would get.
   * @example await iotHub.device('oven').invoke('clean', { minutes: 90 })
   */
  async invoke(methodName: string, payload: Json = null): Promise<{ readonly status: number; readonly payload: Json }> {
    const { status, payload: answer } = await this.iotHub.hub.methods.invoke(this.key, { methodName, payload });
    return { status, payload: answer.value };
  }

  /**
   * The messages that it has sent since the test began, oldest first.
   * @example expect(iotHub.device('oven').sent()).toHaveLength(2)
   */
  sent(): Message[] {
    return this.iotHub
      .events('telemetry')
      .filter(({ key }) => key === this.key)
      .map(({ message }) => message);
  }

  /**
   * Sends it a message from the cloud, at once.
   * @param body - Text, bytes, or any other JSON.
   * @param more - Application properties, and system properties such as `messageId` and `ack`.
   * @returns Its number in the queue of the device.
   * @throws HubError DeviceNotFound, or what the hub answers to a message that is not valid.
   * @example iotHub.device('oven').sendMessage({ celsius: 220 }, { system: { ack: 'full' } })
   */
  sendMessage(body: string | Uint8Array | Json, more: Partial<Omit<Message, 'body'>> = {}): number {
    const message = { body: bytesOf(body), properties: more.properties ?? {}, system: more.system ?? {} };
    return this.iotHub.hub.inbox.enqueue(this.key, message).number;
  }

  /**
   * The messages from the cloud that it has not completed, oldest first.
   * @throws HubError DeviceNotFound, ModuleNotFound.
   * @example expect(iotHub.device('oven').inbox()).toHaveLength(1)
   */
  inbox(): Message[] {
    return this.iotHub.hub.inbox.list(this.key).map(({ item }) => item);
  }

  /**
   * Sends a message to an input of this module, which has to be connected.
   * @throws HubError DeviceNotOnline, ArgumentInvalid.
   * @example iotHub.device('oven', 'filter').sendToInput('limits', { celsius: 220 })
   */
  sendToInput(input: string, body: string | Uint8Array | Json, more: Partial<Omit<Message, 'body'>> = {}): void {
    const message = { body: bytesOf(body), properties: more.properties ?? {}, system: more.system ?? {} };
    this.iotHub.hub.inputs.send(this.key, input, message);
  }

  /**
   * The messages and events about it that reach an event hub, from the oldest that is kept; the loop goes on with each new one
   * until it is left.
   * @param endpoint - The name of an endpoint of the routing; default `events`, the built-in one.
   * @example for await (const { body } of iotHub.device('oven').received()) if (body.length > 0) break;
   */
  received(endpoint: string = BUILT_IN_ENDPOINT): AsyncGenerator<Message, never> {
    return receivedFrom(this.iotHub.hub, this.key, endpoint);
  }

  /** Ends its connection, as the service does from time to time. Nothing happens if it is not connected. */
  disconnect(): void {
    this.iotHub.hub.sessions.drop(this.key, 'requested');
  }

  /** Ends its connection as if its token had expired now. Nothing happens if it is not connected. */
  expire(): void {
    this.iotHub.hub.sessions.drop(this.key, 'expired');
  }
}

const bytesOf = (body: string | Uint8Array | Json): Uint8Array => {
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
};
