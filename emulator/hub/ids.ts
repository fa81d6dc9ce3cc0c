import type { IdentityKey } from '../../protocol/identity-key.ts';
import { keySpace } from '../kernel/change-feed.ts';
import { type Clock, ticks, timestamp } from '../kernel/clock.ts';
import { Sequences } from '../kernel/sequences.ts';

/** HMAC-SHA256 of `text` under the hub's seed, base64: given from outside, since the hub does no cryptography. */
export type Derive = (text: string) => string;

/** Everything that the hub makes up: the same seed and the same calls give the same values. */
export class Ids {
  readonly #clock: Clock;
  readonly #derive: Derive;
  readonly #sequences: Sequences;

  constructor(clock: Clock, seed: number, derive: Derive) {
    this.#clock = clock;
    this.#derive = derive;
    this.#sequences = new Sequences({
      etags: seed,
      tracking: seed + 1,
      uuids: seed + 2,
      locks: seed + 4,
      correlations: seed + 5,
    });
  }

  get space() {
    return keySpace('ids', this.#sequences.state);
  }

  /** Identity etag: base64 of a decimal of up to nine digits, never the one that it replaces. */
  etag(previous?: string): string {
    const next = btoa(String(100_000_000 + (this.#sequences.random('etags') % 900_000_000)));
    return next === previous ? this.etag(previous) : next;
  }

  /** Creation time in .NET ticks, 18 digits; never the same twice. */
  generationId(): string {
    return this.#sequences.ticks('generations', this.#clock);
  }

  /** Part of an error answer, so that it can be found in a log. */
  trackingId(): string {
    return `${this.#sequences.hex('tracking', 32).toUpperCase()}-G2:-TimeStamp:${timestamp(this.#clock.now())}`;
  }

  /** Names one direct-method call on the wire. */
  requestId(): string {
    return this.#sequences.count('requests').toString(16);
  }

  /** Names an event of the hub itself. */
  correlationId(): string {
    return this.#sequences.hex('correlations', 12);
  }

  /**
   * Numbers a connection or disconnection of a device: 64 hexadecimal digits that grow.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#connection-state-events
   */
  connectionSequence(): string {
    const fileTime = ticks(this.#clock.now()) - TICKS_UNTIL_1601;
    const [time, count] = [hex(fileTime, 16), hex(this.#sequences.count('connections'), 24)];
    return `${hex(0, 16)}${time}${hex(2, 8)}${count}`;
  }

  uuid(): string {
    return this.#sequences.uuid('uuids');
  }

  /** Names one record of feedback. */
  feedbackNumber(): string {
    return String(this.#sequences.count('feedback-records'));
  }

  /** Etag of a blob, with its quotation marks; never the same twice. */
  blobTag(): string {
    return `"0x${hex(BigInt(this.#sequences.ticks('blobs', this.#clock)), 16)}"`;
  }

  /** Names the delivery of a message; a UUID. */
  lockToken(): string {
    return this.#sequences.uuid('locks');
  }

  /** A symmetric key that a test can compute: `generation` counts how often it was regenerated. */
  symmetricKey(key: IdentityKey, which: 'primary' | 'secondary', generation: number): string {
    return derivedKey(this.#derive, { key, which, generation });
  }
}

/** The symmetric key that a hub makes for an identity whose keys were not given. */
export const derivedKey = (
  derive: Derive,
  {
    key,
    which,
    generation,
  }: { readonly key: IdentityKey; readonly which: 'primary' | 'secondary'; readonly generation: number },
): string => derive(`${key}\n${which}\n${generation}`);

const TICKS_UNTIL_1601 = 504_911_232_000_000_000n;

const hex = (value: number | bigint, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
