import type { FaultRule } from '../../../protocol/fault.ts';
import { nameOf } from '../../../protocol/identity-key.ts';
import { parseBag } from '../../../protocol/property-bag.ts';
import { telemetryBag } from '../../../protocol/topics.ts';
import type { Clock } from '../../hub/clock.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Log } from '../../log.ts';
import type { Incoming } from './inbound.ts';
import type { Line } from './line.ts';

export interface SdkFaultOptions {
  readonly hub: Hub;
  readonly log: Log;
  /** False: such messages are telemetry like any other, as today's hubs have it. */
  readonly isOn: boolean;
  readonly wallClock: Clock;
}

/** A resent message is known by its topic and payload for this long, in ms. */
const REMEMBERED = 60_000;
/** What is in the topic of every such message. */
export const SDK_FAULT = 'AzIoTHub_FaultOperation';

/**
 * The faults that the end-to-end tests of Microsoft's SDKs ask for by telemetry with certain application properties;
 * of their types MQTT can carry two. The message is not acknowledged, and the device is not let in again for a while.
 * https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/FaultInjection.cs
 */
export class SdkFaults {
  readonly #hub: Hub;
  readonly #log: Log;
  readonly #isOn: boolean;
  readonly #wallClock: Clock;
  readonly #heard = new Set<string>();

  constructor({ hub, log, isOn, wallClock }: SdkFaultOptions) {
    this.#hub = hub;
    this.#log = log;
    this.#isOn = isOn;
    this.#wallClock = wallClock;
  }

  /** Tells whether `message` asked for a fault, and brings it about. */
  hears(line: Line, { topic, payload }: Incoming): boolean {
    const asked = readAsked(telemetryBag(topic, line.key));
    if (asked === undefined) return false;
    if (!this.#isOn) {
      this.#log.info('A message asks for a fault, and is telemetry: sdkFaults is off', { device: line.key });
      return false;
    }
    // SDKs send again what was not acknowledged: once is enough
    const message = `${line.key}\n${topic}\n${payload.toString('base64')}`;
    if (this.#heard.has(message)) return false;
    this.#heard.add(message);
    this.#after(REMEMBERED, () => this.#heard.delete(message));
    this.#after(asked.delay, () => this.#begin(line, asked));
    return true;
  }

  #begin(line: Line, { type, duration }: Asked): void {
    const { key, protocol } = line;
    const { deviceId, moduleId } = nameOf(key);
    const match = { device: deviceId, ...(moduleId === undefined ? {} : { module: moduleId }) };
    const id = `sdk-${type}-${key}`;
    const rule: FaultRule = { id, match, effect: { type: 'disconnect', when: 'before' } };
    this.#hub.faults.add(rule);
    this.#hub.faults.strike({ operation: 'telemetry', protocol, key });
    line.cut(type === 'KillTcp' ? 'now' : 'afterwards');
    if (duration === 0) this.#hub.faults.remove(id);
    else this.#after(duration, () => this.#hub.faults.remove(id));
  }

  #after(ms: number, run: () => void): void {
    if (ms === 0) run();
    else this.#wallClock.wake(this.#wallClock.now() + ms, run);
  }
}

interface Asked {
  readonly type: 'KillTcp' | 'ShutDownMqtt';
  /** Both in ms. */
  readonly delay: number;
  readonly duration: number;
}

const readAsked = (bag: string | undefined): Asked | undefined => {
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
