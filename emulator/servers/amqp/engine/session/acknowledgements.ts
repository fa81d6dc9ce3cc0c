import type { Disposition } from '../frames/performatives.ts';
import type { Outcome } from '../frames/states.ts';
import { plus } from '../serial.ts';

interface Range {
  readonly isReceiver: boolean;
  readonly first: number;
  last: number;
  readonly outcome: Outcome;
}

/** Dispositions that settle deliveries. Those of neighbours leave as one: part 2 §2.7.6. */
export class Acknowledgements {
  readonly #write: (disposition: Disposition) => void;
  #range: Range | undefined;

  constructor(write: (disposition: Disposition) => void) {
    this.#write = write;
  }

  get isEmpty(): boolean {
    return this.#range === undefined;
  }

  /** `isReceiver`: who settles is the receiver of the delivery. */
  add(id: number, isReceiver: boolean, outcome: Outcome): void {
    const range = this.#range;
    if (range !== undefined && continues(range, id, isReceiver, outcome)) range.last = id;
    else {
      this.flush();
      this.#range = { isReceiver, first: id, last: id, outcome };
    }
  }

  flush(): void {
    const range = this.#range;
    if (range === undefined) return;
    this.#range = undefined;
    const { isReceiver, first, last, outcome } = range;
    this.#write({ type: 'disposition', isReceiver, first, last, isSettled: true, state: outcome });
  }
}

// rejected and modified may differ in what they carry
const PLAIN: ReadonlySet<Outcome['type']> = new Set(['accepted', 'released']);

const continues = (range: Range, id: number, isReceiver: boolean, outcome: Outcome): boolean =>
  id === plus(range.last, 1) &&
  isReceiver === range.isReceiver &&
  outcome.type === range.outcome.type &&
  PLAIN.has(outcome.type);
