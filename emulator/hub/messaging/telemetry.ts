import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Message, MessageProperties } from '../../../protocol/message.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { HubBus } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import type { Router } from '../routing/router.ts';
import type { Usage } from '../tiers/usage.ts';
import { messageBytes } from './message-size.ts';

/** Receives messages from devices, adds the hub's properties, routes and publishes them. */
export class Telemetry {
  readonly #fleet: FleetView;
  readonly #presence: PresenceTracker;
  readonly #router: Router;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #usage: Usage;

  constructor(parts: {
    fleet: FleetView;
    presence: PresenceTracker;
    router: Router;
    events: HubBus;
    clock: Clock;
    limits: Limits;
    usage: Usage;
  }) {
    this.#fleet = parts.fleet;
    this.#presence = parts.presence;
    this.#router = parts.router;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#usage = parts.usage;
  }

  /**
   * Takes a message from the identity `key`. Throws DeviceNotFound, MessageTooLarge.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
   */
  receive(key: IdentityKey, message: Message): void {
    this.receiveBatch(key, [message]);
  }

  /** Takes messages that were sent together: all or, if they are too large together, none. Throws as `receive` does. */
  receiveBatch(key: IdentityKey, messages: readonly Message[]): void {
    const member = this.#fleet.get(key);
    const { telemetryBytes } = this.#limits;
    const bytes = messages.reduce((sum, message) => sum + messageBytes(message), 0);
    if (bytes > telemetryBytes)
      throw new HubError('MessageTooLarge', `The message must not be larger than ${telemetryBytes} bytes.`);
    // UNCERTAIN: that a batch is one operation, which is charged by its size
    this.#usage.count('deviceToCloud', bytes);
    // as its documentation says, the activity time does not follow messages over HTTPS, which has no connection
    if (member.presence.connected) this.#presence.touch(key);
    const now = timestamp(this.#clock.now());
    for (const { body, properties, system } of messages) {
      const message = { body, properties, system: stampedBy(member, system, now) };
      this.#events.publish({ type: 'telemetry', key, message, ...this.#router.route('DeviceMessages', key, message) });
    }
  }
}

/** Properties about the sender are the hub's: what a device sends under their names is replaced. */
const stampedBy = ({ identity, twin }: Member, sent: MessageProperties, now: string): MessageProperties => {
  const said = sent.connectionModuleId === undefined && sent.dataSchema === undefined ? sent : withoutSender(sent);
  // to spread `said` and to add members after it costs thirty times as much in Node 20
  return Object.assign(
    {},
    said,
    {
      connectionDeviceId: identity.deviceId,
      connectionAuthMethod: authMethodOf(identity),
      connectionDeviceGenerationId: identity.generationId,
      enqueuedTime: now,
      messageSource: 'Telemetry',
    },
    identity.moduleId !== undefined && { connectionModuleId: identity.moduleId },
    twin.modelId !== '' && { dataSchema: twin.modelId },
  );
};

/** What a sender may not say of itself, and the hub does not always say. */
const withoutSender = ({ connectionModuleId: _, dataSchema: __, ...own }: MessageProperties): MessageProperties => own;

/** UNCERTAIN: by the type of the identity, though a connection may use the token of a policy. */
const authMethodOf = ({ moduleId, authentication: { type } }: Member['identity']): string =>
  AUTH_METHODS[moduleId === undefined ? 'device' : 'module'][
    type === 'selfSigned' || type === 'certificateAuthority' ? 'x509' : 'sas'
  ];

const authMethod = (scope: string, type: string): string =>
  JSON.stringify({ scope, type, issuer: 'iothub', acceptingIpFilterRule: null });
const AUTH_METHODS = {
  device: { sas: authMethod('device', 'sas'), x509: authMethod('device', 'x509') },
  module: { sas: authMethod('module', 'sas'), x509: authMethod('module', 'x509') },
} as const;
