import { type IdentityKey, nameOf } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { MethodAnswer } from '../../protocol/method.ts';
import { renderTwin } from '../hub/member.ts';
import type { TestHub } from './test-hub.ts';

/** A device or module of a hub, as a test looks at it from behind. */
export class TestDevice {
  readonly iotHub: TestHub;
  readonly key: IdentityKey;

  constructor(iotHub: TestHub, key: IdentityKey) {
    this.iotHub = iotHub;
    this.key = key;
  }

  /** For the device's app. Throws HubError DeviceNotFound, ModuleNotFound. */
  get connectionString(): string {
    const { deviceId, moduleId } = nameOf(this.key);
    return moduleId === undefined
      ? this.iotHub.deviceConnectionString(deviceId)
      : this.iotHub.moduleConnectionString(deviceId, moduleId);
  }

  /** The twin as a service reads it. Throws HubError DeviceNotFound. */
  get twin(): JsonObject {
    return renderTwin(this.iotHub.hub.fleet.get(this.key));
  }

  /** Merges into the twin's desired properties, at once. */
  desire(patch: JsonObject): void {
    this.iotHub.hub.twins.patch(this.key, { properties: { desired: patch } });
  }

  /** Merges into the twin's tags, at once. */
  tag(patch: JsonObject): void {
    this.iotHub.hub.twins.patch(this.key, { tags: patch });
  }

  /** Calls a direct method. Rejects with the HubError that a service app would be told. */
  invoke(methodName: string, payload: Json = null): Promise<MethodAnswer> {
    return this.iotHub.hub.methods.invoke(this.key, { methodName, payload });
  }

  /** The messages that it has sent since the test began, oldest first. */
  sent(): Message[] {
    return this.iotHub
      .heard('telemetry')
      .filter(({ key }) => key === this.key)
      .map(({ message }) => message);
  }

  /** Ends its connection, as a hub does now and then. */
  disconnect(): void {
    this.iotHub.hub.sessions.drop(this.key, 'requested');
  }

  /** Ends its connection as if its token had expired now. */
  expire(): void {
    this.iotHub.hub.sessions.drop(this.key, 'expired');
  }
}
