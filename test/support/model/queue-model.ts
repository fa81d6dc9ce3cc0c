/** One message, as a reader of the documentation would note it down. Times in ms. */
interface Noted {
  readonly id: string;
  readonly ack: string;
  readonly expiresAt: number;
  abandoned: number;
  /** Which delivery has it, and until when. */
  lock: { readonly delivery: number; readonly until: number } | undefined;
}

export type Settling = 'complete' | 'reject' | 'abandon';

const HOUR = 3_600_000;

/**
 * The queue of messages of one device.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
 */
export class QueueModel {
  now = 0;
  readonly #size: number;
  readonly #maxDeliveries: number;
  #waiting: Noted[] = [];
  #deliveries = 0;
  /** Feedback in the order in which it came up. */
  readonly feedback: string[] = [];

  constructor({ size, maxDeliveries }: { readonly size: number; readonly maxDeliveries: number }) {
    this.#size = size;
    this.#maxDeliveries = maxDeliveries;
  }

  /** What can be seen of the queue. */
  get rows(): readonly string[] {
    return this.#waiting.map(({ id, abandoned, lock }) => `${id} ${abandoned}${lock ? ' locked' : ''}`);
  }

  send(id: string, ack: string, ttl: number | undefined): 'sent' | 'full' {
    if (this.#waiting.length >= this.#size) return 'full';
    this.#waiting.push({ id, ack, expiresAt: this.now + (ttl ?? HOUR), abandoned: 0, lock: undefined });
    this.#pass();
    return 'sent';
  }

  /** The id of the message that is handed out. */
  receive(lockMs: number): string | undefined {
    const next = this.#waiting.find(({ lock }) => lock === undefined);
    if (next === undefined) return undefined;
    next.lock = { delivery: this.#deliveries++, until: this.now + lockMs };
    return next.id;
  }

  settle(delivery: number, how: Settling): 'settled' | 'lost' {
    const message = this.#waiting.find(({ lock }) => lock?.delivery === delivery);
    if (message === undefined) return 'lost';
    message.lock = undefined;
    if (how === 'complete') this.#end(message, 'Success');
    else if (how === 'reject') this.#end(message, 'Rejected');
    else if (++message.abandoned === this.#maxDeliveries) this.#end(message, 'DeliveryCountExceeded');
    return 'settled';
  }

  purge(): number {
    const all = [...this.#waiting];
    for (const message of all) this.#end(message, 'Purged');
    return all.length;
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 500) {
      this.now += 500;
      this.#pass();
    }
  }

  #pass(): void {
    for (const message of [...this.#waiting]) {
      if (message.expiresAt <= this.now) this.#end(message, 'Expired');
      else if (message.lock !== undefined && message.lock.until <= this.now) message.lock = undefined;
    }
  }

  #end(message: Noted, outcome: string): void {
    this.#waiting = this.#waiting.filter((one) => one !== message);
    const isWanted = message.ack === 'full' || message.ack === (outcome === 'Success' ? 'positive' : 'negative');
    if (isWanted) this.feedback.push(`${message.id} ${outcome}`);
  }
}
