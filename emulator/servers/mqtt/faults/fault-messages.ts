import type { IdentityKey } from '../../../../protocol/identity-key.ts';
import { parseBag } from '../../../../protocol/property-bag.ts';
import { telemetryBag } from '../../../../protocol/topics.ts';
import type { FaultyConnection } from '../../faults/connection.ts';
import { readFault, SDK_FAULT, type SdkFaults } from '../../faults/sdk-faults.ts';

/** A message that was sent before, topic and payload, is recognized for this long, ms. */
const REMEMBERED = 60_000;

/** The session of the device that asks. */
interface Asking {
  readonly key: IdentityKey;
  readonly protocol: string;
  readonly connection: Pick<FaultyConnection, 'cut'>;
}

/** The topic of a message that asks for a fault contains the properties. */
export const mayAskForFault = (topic: string): boolean => topic.includes(SDK_FAULT);

/** Messages that ask for faults. They are not acknowledged, so SDKs send them again. */
export class FaultMessages {
  readonly #faults: SdkFaults;
  readonly #seen = new Set<string>();

  constructor(faults: SdkFaults) {
    this.#faults = faults;
  }

  /** True if `message` asks for a fault, which then happens. */
  receive(
    { key, protocol, connection }: Asking,
    { topic, payload }: { readonly topic: string; readonly payload: Buffer },
  ): boolean {
    const bag = telemetryBag(topic, key);
    const fault = bag === undefined ? undefined : readFault(parseBag(bag).application, protocol);
    if (fault === undefined || !this.#faults.admit(key)) return false;
    const message = `${key}\n${topic}\n${payload.toString('base64')}`;
    if (this.#seen.has(message)) return false;
    this.#seen.add(message);
    this.#faults.after(REMEMBERED, () => this.#seen.delete(message));
    this.#faults.inject(fault, {
      key,
      protocol,
      sever: (part) => connection.cut(part === 'tcp' ? 'now' : 'afterwards'),
    });
    return true;
  }
}
