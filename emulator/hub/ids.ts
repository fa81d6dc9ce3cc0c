import type { IdentityKey } from '../../protocol/identity-key.ts';
import { type Clock, ticks, timestamp } from './clock.ts';

/** HMAC-SHA256 of `text` under the hub's seed, base64: given from outside, since the hub does no crypto. */
export type Derive = (text: string) => string;

/** Everything the hub makes up: the same seed and the same calls give the same values. */
export class Ids {
  readonly #clock: Clock;
  readonly #derive: Derive;
  readonly #etags: Random;
  readonly #tracking: Random;
  readonly #uuids: Random;
  #lastTicks = 0n;
  #requests = 0;

  constructor(clock: Clock, seed: number, derive: Derive) {
    this.#clock = clock;
    this.#derive = derive;
    this.#etags = new Random(seed);
    this.#tracking = new Random(seed + 1);
    this.#uuids = new Random(seed + 2);
  }

  /** Identity etag: base64 of a decimal of up to nine digits, never the one it replaces. */
  etag(previous?: string): string {
    const next = btoa(String(100_000_000 + (this.#etags.next() % 900_000_000)));
    return next === previous ? this.etag(previous) : next;
  }

  /** Creation time in .NET ticks, 18 digits; never the same twice. */
  generationId(): string {
    const now = ticks(this.#clock.now());
    this.#lastTicks = now > this.#lastTicks ? now : this.#lastTicks + 1n;
    return String(this.#lastTicks);
  }

  /** What an error answer carries so that it can be found in a log. */
  trackingId(): string {
    return `${this.#tracking.hex(32).toUpperCase()}-G2:-TimeStamp:${timestamp(this.#clock.now())}`;
  }

  /** Names one direct-method call on the wire. */
  requestId(): string {
    this.#requests += 1;
    return this.#requests.toString(16);
  }

  uuid(): string {
    const hex = this.#uuids.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** A symmetric key that a test can compute: `generation` counts how often it was regenerated. */
  symmetricKey(key: IdentityKey, which: 'primary' | 'secondary', generation: number): string {
    return this.#derive(`${key}\n${which}\n${generation}`);
  }

  /** All that decides what comes next; `restore` takes it back. */
  state(): IdsState {
    return {
      etags: this.#etags.state(),
      tracking: this.#tracking.state(),
      uuids: this.#uuids.state(),
      lastTicks: String(this.#lastTicks),
      requests: this.#requests,
    };
  }

  restore(state: IdsState): void {
    this.#etags.restore(state.etags);
    this.#tracking.restore(state.tracking);
    this.#uuids.restore(state.uuids);
    this.#lastTicks = BigInt(state.lastTicks);
    this.#requests = state.requests;
  }
}

export interface IdsState {
  readonly etags: number;
  readonly tracking: number;
  readonly uuids: number;
  readonly lastTicks: string;
  readonly requests: number;
}

/** splitmix32: small, seeded, good enough for ids; nothing here is a secret. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 … 2^32 − 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  state(): number {
    return this.#state;
  }

  restore(state: number): void {
    this.#state = state;
  }
}
