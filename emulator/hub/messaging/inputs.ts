import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Message } from '../../../protocol/message.ts';
import { printable } from '../../kernel/printable.ts';
import type { HubBus } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import { checkMessage } from './cloud-to-device.ts';
import type { Sessions } from './sessions.ts';

/**
 * Room: messages to the inputs of modules. Between modules an Edge device routes them, which this hub is not; tests send them
 * in place of the device. They are not kept: the module has to be connected.
 * https://learn.microsoft.com/azure/iot-edge/module-composition#declare-routes
 */
export class Inputs {
  readonly #fleet: FleetView;
  readonly #sessions: Sessions;
  readonly #events: HubBus;
  readonly #limits: Limits;

  constructor(parts: { fleet: FleetView; sessions: Sessions; events: HubBus; limits: Limits }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#events = parts.events;
    this.#limits = parts.limits;
  }

  /** Throws ArgumentInvalid, MessageTooLarge, DeviceNotFound, and DeviceNotOnline if the module does not listen to inputs. */
  send(key: IdentityKey, input: string, message: Message): void {
    this.#fleet.get(key);
    if (nameOf(key).moduleId === undefined) throw new HubError('ArgumentInvalid', 'Only modules have inputs.');
    // one level of an MQTT topic (MQTT 3.1.1, 3.3.2.1)
    if (!/^[^/+#\u0000-\u001f]+$/.test(input))
      throw new HubError('ArgumentInvalid', `'${printable(input)}' is not a valid name of an input.`);
    checkMessage(message, this.#limits);
    const session = this.#sessions.get(key, 'inputs');
    this.#events.publish({ type: 'input.sent', key, input, message });
    session.deliver({ type: 'input', input, message });
  }
}
