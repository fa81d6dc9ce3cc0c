import { HubError } from '../../../protocol/errors.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Asked } from '../../hub/tiers/tiers.ts';
import { WaitingLine } from './waiting-line.ts';

/** An operation that may have to wait, or be refused, because of the tier. */
interface Admittable {
  /** False once the client has gone: then an operation that waits does not happen. */
  isOpen(): boolean;
  /** Lets the operation happen. */
  run(): void;
  /** Answers with an error instead. */
  refuse(error: HubError): void;
}

/** Lets operations pass as the tier of the hub allows. */
export class TierGate {
  readonly #hub: Pick<Hub, 'tiers' | 'clock'>;
  /** By operation. */
  readonly #lines = new Map<string, WaitingLine>();

  constructor(hub: Pick<Hub, 'tiers' | 'clock'>) {
    this.#hub = hub;
    hub.tiers.watch(() => {
      for (const line of this.#lines.values()) line.runAll();
    });
  }

  /** False without a tier. Then `pass` need not be called. */
  get isActive(): boolean {
    return this.#hub.tiers.tier !== undefined;
  }

  pass(asked: Asked, { isOpen, run, refuse }: Admittable): void {
    const wait = this.#hub.tiers.admit(asked);
    if (wait instanceof HubError) {
      refuse(wait);
      return;
    }
    const line = this.#lines.get(asked.operation);
    if (wait === 0 && (line === undefined || line.isEmpty)) run();
    else this.#lineOf(asked.operation).add(wait, () => isOpen() && run());
  }

  #lineOf(operation: string): WaitingLine {
    const line = this.#lines.get(operation) ?? new WaitingLine(this.#hub.clock);
    this.#lines.set(operation, line);
    return line;
  }
}
