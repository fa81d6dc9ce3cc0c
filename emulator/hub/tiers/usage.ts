import type { Message } from '../../../protocol/message.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import { messageBytes } from '../messaging/message-size.ts';
import type { Sessions } from '../messaging/sessions.ts';
import type { Meter } from './quotas.ts';
import { METHOD_METER, THROTTLE_NAMES, THROTTLES, type ThrottleName } from './throttles.ts';
import { added, charge, chunks, dayOf, newTally, type Tally, UNUSED, type Used } from './used.ts';

/**
 * Room: what the operations of clients would count and cost on the service. It always counts, whatever the tier is. Its rows
 * are written once a second, or when they are read: each operation only adds to the tally of the second.
 */
export class Usage {
  readonly #clock: Clock;
  readonly #used = new StateMap<Used>();
  readonly #tallies = new Map<ThrottleName, Tally>();

  constructor({ clock, sessions, events }: { clock: Clock; sessions: Pick<Sessions, 'watch'>; events: HubBus }) {
    this.#clock = clock;
    sessions.watch({ opened: () => this.count('connections', 0) });
    events.listen((event) => {
      if (event.type === 'c2d.enqueued') this.count('cloudToDevice', sentBytes(event.message));
    });
  }

  get space() {
    return keySpace('usage', this.#used);
  }

  of(name: ThrottleName): Used {
    this.#write(name);
    return this.#used.get(name) ?? UNUSED;
  }

  /** An operation that was done. `bytes`: of its content, which is charged if the service charges such operations. */
  count(name: ThrottleName, bytes: number): void {
    const tally = this.#tally(name);
    tally.operations += 1;
    tally.amount += amountOf(name, bytes);
    if (THROTTLES[name].isBilled) charge(tally, bytes);
  }

  /** What belongs to an operation that was counted before, such as the answer to a method. */
  charge(name: ThrottleName, bytes: number): void {
    charge(this.#tally(name), bytes);
  }

  /** An operation that the tier has refused. */
  refuse(name: ThrottleName, bytes: number): void {
    const tally = this.#tally(name);
    tally.refused += 1;
    tally.amount += amountOf(name, bytes);
  }

  /** Messages that were charged on the present UTC day. */
  today(meter: Meter): number {
    const day = dayOf(this.#second());
    let sum = 0;
    for (const name of THROTTLE_NAMES) {
      const used = this.#used.get(name);
      if (used?.day === day) sum += used.today[meter];
      const tally = this.#tallies.get(name);
      if (tally !== undefined && dayOf(tally.second) === day) sum += tally[meter];
    }
    return sum;
  }

  /** Writes the rows, with what was counted in the present second. Call it before another hub takes them over. */
  flush(): void {
    for (const name of [...this.#tallies.keys()]) this.#write(name);
  }

  /** Counts from zero again. */
  clear(): void {
    this.#tallies.clear();
    this.#used.clear();
  }

  #tally(name: ThrottleName): Tally {
    const second = this.#second();
    const open = this.#tallies.get(name);
    if (open?.second === second) return open;
    this.#write(name);
    const tally = newTally(second);
    this.#tallies.set(name, tally);
    return tally;
  }

  #write(name: ThrottleName): void {
    const tally = this.#tallies.get(name);
    if (tally === undefined) return;
    this.#tallies.delete(name);
    this.#used.set(name, added(this.#used.get(name) ?? UNUSED, name, tally));
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

/** How much an operation counts against its throttle. */
export const amountOf = (name: ThrottleName, bytes: number): number =>
  THROTTLES[name].inBytes ? chunks(bytes, METHOD_METER) * METHOD_METER : 1;

/** Without the time, which the hub has added. */
const sentBytes = ({ system: { enqueuedTime: _, ...system }, ...message }: Message): number =>
  messageBytes({ ...message, system });
