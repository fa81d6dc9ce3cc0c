import { type Clock, ticks } from './clock.ts';
import { StateMap } from './state-map.ts';

/** Numbers that a service makes up. The same seeds and the same calls give the same numbers. */
export class Sequences {
  /** What decides the next numbers: random streams and counters by name. */
  readonly state = new StateMap<number | string>();
  readonly #seeds: Readonly<Record<string, number>>;

  /** `seeds`: where each random stream begins. */
  constructor(seeds: Readonly<Record<string, number>>) {
    this.#seeds = seeds;
    this.reset();
  }

  /** Back to the beginning. */
  reset(): void {
    this.state.clear();
    for (const [stream, seed] of Object.entries(this.#seeds)) this.state.set(stream, seed | 0);
  }

  /** The next number of a stream: 0 … 2^32 − 1. */
  random(stream: string): number {
    const state = (Number(this.state.get(stream)) + 0x9e3779b9) | 0;
    this.state.set(stream, state);
    return mix(state);
  }

  /** Hexadecimal digits of a stream. */
  hex(stream: string, digits: number): string {
    let text = '';
    while (text.length < digits) text += this.random(stream).toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** A UUID of version 4 in form, not in randomness. */
  uuid(stream: string): string {
    const hex = this.hex(stream, 32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** Counts from 1. */
  count(counter: string): number {
    const next = Number(this.state.get(counter) ?? 0) + 1;
    this.state.set(counter, next);
    return next;
  }

  /** The time as .NET ticks, 18 digits; never the same twice. */
  ticks(counter: string, clock: Clock): string {
    const [now, last] = [ticks(clock.now()), BigInt(this.state.get(counter) ?? 0)];
    const next = String(now > last ? now : last + 1n);
    this.state.set(counter, next);
    return next;
  }
}

/** splitmix32: small, seeded, good enough for ids; nothing here is a secret. */
const mix = (state: number): number => {
  let z = state;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
};
