import type { Clock } from '../../../../kernel/clock.ts';
import type { Limits } from '../limits.ts';

/** What the timers call. */
export interface TimerOwner {
  /** The peer has not opened the connection, or not authenticated, in time. */
  startTimedOut(): void;
  /** Nothing was received for too long. */
  idleTimedOut(): void;
  sendHeartbeat(): void;
}

/** Timeouts and heartbeats of one connection, part 2 §2.4.5. There is one timer at a time, and frames do not reset it. */
export class ConnectionTimers {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #owner: TimerOwner;
  #received: number;
  #sent: number;
  /** The longest time without sending anything, in ms; Infinity if the peer has no idle timeout. */
  #heartbeatMs = Number.POSITIVE_INFINITY;
  #deadline: number;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(clock: Clock, limits: Limits, owner: TimerOwner) {
    this.#clock = clock;
    this.#idleMs = limits.idleMs;
    this.#owner = owner;
    this.#received = clock.elapsed();
    this.#sent = this.#received;
    this.#deadline = this.#received + limits.protocolHeaderMs;
    this.#arm();
  }

  received(): void {
    this.#received = this.#clock.elapsed();
  }

  sent(): void {
    this.#sent = this.#clock.elapsed();
  }

  /** The next step of the start must be complete within `ms`. */
  expect(ms: number): void {
    this.#deadline = this.#clock.elapsed() + ms;
    this.#arm();
  }

  /** The start is complete. */
  expectNothing(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#arm();
  }

  /** From now on something must be sent every `ms`. */
  keepAlive(ms: number): void {
    this.#heartbeatMs = ms;
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    this.#cancel?.();
    if (this.#isStopped) return;
    const due = Math.min(this.#deadline, this.#received + this.#idleMs, this.#sent + this.#heartbeatMs);
    this.#cancel = this.#clock.after(due - this.#clock.elapsed(), () => this.#check());
  }

  #check(): void {
    const now = this.#clock.elapsed();
    if (now >= this.#deadline) this.#owner.startTimedOut();
    else if (now >= this.#received + this.#idleMs) this.#owner.idleTimedOut();
    else {
      if (now >= this.#sent + this.#heartbeatMs) {
        this.#sent = now;
        this.#owner.sendHeartbeat();
      }
      this.#arm();
    }
  }
}
