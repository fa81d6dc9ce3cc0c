import type { FaultRule } from '../../../../protocol/fault.ts';
import { type IdentityKey, nameOf } from '../../../../protocol/identity-key.ts';
import { parseBag } from '../../../../protocol/property-bag.ts';
import { telemetryBag } from '../../../../protocol/topics.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Log } from '../../../log.ts';
import type { FaultyConnection } from '../../faults/connection.ts';

export interface SdkFaultOptions {
  readonly hub: Hub;
  readonly log: Log;
  /** False: such messages are telemetry like any other, as on today's hubs. */
  readonly isOn: boolean;
  readonly wallClock: Clock;
}

/** A message that was sent before, topic and payload, is recognized for this long, ms. */
const REMEMBERED = 60_000;
/** The topic of every such message contains it. */
export const SDK_FAULT = 'AzIoTHub_FaultOperation';

/** The session of the device that asks. */
export interface FaultTarget {
  readonly key: IdentityKey;
  readonly protocol: string;
  readonly connection: Pick<FaultyConnection, 'cut'>;
}

/**
 * The faults that the end-to-end tests of Microsoft's SDKs ask for by telemetry with certain application properties; two of
 * their types are for MQTT. The message is not acknowledged, and for a while the device is not admitted again.
 * https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/FaultInjection.cs
 */
export class SdkFaults {
  readonly #hub: Hub;
  readonly #log: Log;
  readonly #isOn: boolean;
  readonly #wallClock: Clock;
  readonly #seen = new Set<string>();

  constructor({ hub, log, isOn, wallClock }: SdkFaultOptions) {
    this.#hub = hub;
    this.#log = log;
    this.#isOn = isOn;
    this.#wallClock = wallClock;
  }

  /** True if `message` asks for a fault, which then happens. */
  receive(session: FaultTarget, { topic, payload }: { readonly topic: string; readonly payload: Buffer }): boolean {
    const request = readRequest(telemetryBag(topic, session.key));
    if (request === undefined) return false;
    if (!this.#isOn) {
      this.#log.info('A message that asks for a fault was taken as telemetry', {
        device: session.key,
        cause: 'sdkFaults is off',
        remedy: 'start with --sdk-faults on',
      });
      return false;
    }
    // SDKs send again what was not acknowledged
    const message = `${session.key}\n${topic}\n${payload.toString('base64')}`;
    if (this.#seen.has(message)) return false;
    this.#seen.add(message);
    this.#after(REMEMBERED, () => this.#seen.delete(message));
    this.#after(request.delay, () => this.#begin(session, request));
    return true;
  }

  #begin(session: FaultTarget, { type, duration }: FaultRequest): void {
    const { key, protocol } = session;
    const { deviceId, moduleId } = nameOf(key);
    const match = { device: deviceId, ...(moduleId === undefined ? {} : { module: moduleId }) };
    const id = `sdk-${type}-${key}`;
    const rule: FaultRule = { id, match, effect: { type: 'disconnect', when: 'before' } };
    this.#hub.faults.add(rule);
    this.#hub.before({ type: 'telemetry', protocol, key });
    session.connection.cut(type === 'KillTcp' ? 'now' : 'afterwards');
    if (duration === 0) this.#hub.faults.remove(id);
    else this.#after(duration, () => this.#hub.faults.remove(id));
  }

  #after(ms: number, run: () => void): void {
    if (ms === 0) run();
    else this.#wallClock.after(ms, run);
  }
}

interface FaultRequest {
  readonly type: 'KillTcp' | 'ShutDownMqtt';
  /** Both in ms. */
  readonly delay: number;
  readonly duration: number;
}

const readRequest = (bag: string | undefined): FaultRequest | undefined => {
  if (bag === undefined) return undefined;
  const { application } = parseBag(bag);
  const type = application[`${SDK_FAULT}Type`];
  if (type !== 'KillTcp' && type !== 'ShutDownMqtt') return undefined;
  return {
    type,
    delay: seconds(application[`${SDK_FAULT}DelayInSecs`]),
    duration: seconds(application[`${SDK_FAULT}DurationInSecs`]),
  };
};

const seconds = (text: string | undefined): number => {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value * 1000 : 0;
};
