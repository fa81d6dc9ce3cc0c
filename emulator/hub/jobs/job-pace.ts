import { utf8Bytes } from '../envelope.ts';
import type { Tiers } from '../tiers/tiers.ts';
import type { Usage } from '../tiers/usage.ts';
import type { Job } from './job.ts';

/** How fast jobs get from device to device, and what is charged for each. */
export class JobPace {
  readonly #tiers: Tiers;
  readonly #usage: Usage;

  constructor({ tiers, usage }: { tiers: Tiers; usage: Usage }) {
    this.#tiers = tiers;
    this.#usage = usage;
  }

  /** How long the next device has to wait, in ms. If it need not wait, it counts; methods are charged where they are called. */
  takeTurn(work: Job['work']): number {
    const wait = this.#tiers.takeTurn();
    if (wait > 0) return wait;
    this.#usage.count('jobDevices', 0);
    if (work.type === 'scheduleUpdateTwin')
      this.#usage.charge('twinUpdates', utf8Bytes(JSON.stringify(work.updateTwin)));
    return 0;
  }
}
