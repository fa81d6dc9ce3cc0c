import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Message } from '../../protocol/message.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { active } from './sessions.ts';

/** Room: device-to-cloud messages, stamped by the hub and told to whoever listens. */
export class Telemetry {
  readonly #fleet: Fleet;
  readonly #events: Bus;
  readonly #clock: Clock;

  constructor(fleet: Fleet, events: Bus, clock: Clock) {
    this.#fleet = fleet;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * Takes a message from the identity `key`. Throws DeviceNotFound.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
   */
  receive(key: IdentityKey, message: Message): void {
    const member = this.#fleet.get(key);
    const now = timestamp(this.#clock.now());
    this.#fleet.set(active(member, now));
    const { identity } = member;
    const system = {
      ...message.system,
      'iothub-connection-device-id': identity.deviceId,
      ...(identity.moduleId === undefined ? {} : { 'iothub-connection-module-id': identity.moduleId }),
      'iothub-connection-auth-generation-id': identity.generationId,
      'iothub-enqueuedtime': now,
      'iothub-message-source': 'Telemetry',
      ...(member.twin.modelId === '' ? {} : { 'dt-dataschema': member.twin.modelId }),
    };
    this.#events.publish({ type: 'telemetry', key, message: { ...message, system } });
  }
}
