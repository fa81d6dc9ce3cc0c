import { keySpace } from '../kernel/change-feed.ts';
import { type Clock, VirtualClock } from '../kernel/clock.ts';
import { StateMap } from '../kernel/state-map.ts';
import type { HubBus } from './events.ts';

/** Room: the time of a virtual clock. The time of the machine's clock is not part of the state. */
export class Time {
  readonly #clock: VirtualClock | undefined;
  readonly #state = new StateMap<number>();

  constructor({ clock, events }: { clock: Clock; events: HubBus }) {
    if (!(clock instanceof VirtualClock)) return;
    this.#clock = clock;
    this.#state.set(NOW, clock.now());
    clock.watch((ms) => {
      this.#state.set(NOW, clock.now());
      events.publish({ type: 'clock.advanced', ms });
    });
  }

  get space() {
    return keySpace('clock', this.#state);
  }

  /** Sets the clock to the time that was loaded. */
  resume(): void {
    const now = this.#state.get(NOW);
    if (now !== undefined) this.#clock?.set(now);
  }
}

const NOW = 'now';
