import type { FaultEffect, FaultRule } from '../../../protocol/fault.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Log } from '../../log.ts';
import { type FaultRow, faultRow, type Severed } from './sdk-fault-types.ts';

/** The names of the application properties that ask for a fault begin with it. */
export const SDK_FAULT = 'AzIoTHub_FaultOperation';

/** What a message asks for. */
export interface SdkFault {
  readonly type: string;
  readonly row: FaultRow;
  /** Told to the client if the protocol can. */
  readonly reason: string;
  /** Both in ms. */
  readonly delay: number;
  readonly duration: number;
}

/** The session of the device that asks. */
export interface FaultTarget {
  readonly key: IdentityKey;
  readonly protocol: string;
  /** Ends the connection, or a part of it. */
  sever(part: Severed, reason: string): void;
}

/** The fault that a message with these application properties asks for, if its type is one for the protocol. */
export const readFault = (properties: Readonly<Record<string, string>>, protocol: string): SdkFault | undefined => {
  const type = properties[`${SDK_FAULT}Type`] ?? '';
  const row = faultRow(type, protocol);
  return (
    row && {
      type,
      row,
      reason: properties[`${SDK_FAULT}CloseReason`] ?? '',
      delay: seconds(properties[`${SDK_FAULT}DelayInSecs`]),
      duration: seconds(properties[`${SDK_FAULT}DurationInSecs`]),
    }
  );
};

const seconds = (text: string | undefined): number => {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value * 1000 : 0;
};

/**
 * The faults that the end-to-end tests of Microsoft's SDKs ask for by telemetry with certain application properties. Delay
 * and duration follow the hub's clock.
 * https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/templates/FaultInjection.cs
 */
export class SdkFaults {
  readonly #hub: Hub;
  readonly #log: Log;
  readonly #isOn: boolean;

  /** `isOn`: false if such messages are telemetry like any other, as on today's hubs. */
  constructor({ hub, log, isOn }: { readonly hub: Hub; readonly log: Log; readonly isOn: boolean }) {
    this.#hub = hub;
    this.#log = log;
    this.#isOn = isOn;
  }

  /** True if messages may ask for faults; the log says so if they may not. */
  admit(key: IdentityKey): boolean {
    if (!this.#isOn)
      this.#log.info('A message that asks for a fault was taken as telemetry', {
        device: key,
        cause: 'sdkFaults is off',
        remedy: 'start with --sdk-faults on',
      });
    return this.#isOn;
  }

  /** Lets a fault happen after its delay. */
  inject(fault: SdkFault, target: FaultTarget): void {
    this.after(fault.delay, () => this.#begin(fault, target));
  }

  /** Runs after `ms` on the hub's clock. */
  after(ms: number, run: () => void): void {
    if (ms === 0) run();
    else this.#hub.clock.after(ms, run);
  }

  #begin({ type, row, reason, duration }: SdkFault, target: FaultTarget): void {
    const { key } = target;
    const { faults } = this.#hub;
    const id = `sdk-${type}-${key}`;
    const rules = row.rules.map((rule, index) =>
      rulesFor(key, reason, { ...rule, id: index === 0 ? id : `${id}-${index}` }),
    );
    faults.tell({ id, effect: rules[0]?.effect ?? CUT }, { type: 'telemetry', key });
    this.#log.info('Injected the fault that a message asked for', { device: key, fault: type, reason });
    if (duration > 0) {
      for (const rule of rules) faults.add(rule);
      this.after(duration, () => {
        for (const rule of rules) faults.remove(rule.id);
      });
    }
    if (row.severs !== undefined) target.sever(row.severs, reason);
  }
}

const CUT: FaultEffect = { type: 'disconnect', when: 'before' };

const rulesFor = (
  key: IdentityKey,
  reason: string,
  { id, operation, path, effect }: FaultRow['rules'][number] & { readonly id: string },
): FaultRule & { readonly id: string } => {
  const { deviceId, moduleId } = nameOf(key);
  return {
    id,
    match: {
      device: deviceId,
      ...(moduleId === undefined ? {} : { module: moduleId }),
      ...(operation === undefined ? {} : { operation }),
      ...(path === undefined ? {} : { path }),
    },
    effect: effect.type === 'error' && reason !== '' ? { ...effect, message: reason } : effect,
  };
};
