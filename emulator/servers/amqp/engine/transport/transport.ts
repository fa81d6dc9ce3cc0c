import type { Duplex } from 'node:stream';
import type { Clock } from '../../../../kernel/clock.ts';
import type { FairTurns, Reader } from '../../../fair-turns.ts';
import type { Limits } from '../limits.ts';
import type { Outbox } from './outbox.ts';
import { Output, type OutputOwner } from './output.ts';

/** What the connections of an engine share for sending and waiting. */
export interface TransportContext {
  /** Who may be read now. */
  readonly turns: FairTurns;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly outbox: Outbox;
}

export interface TransportOwner extends OutputOwner {
  arrived(chunk: Buffer): void;
  /** The peer reads again. */
  resumeSending(): void;
  /** The stream has ended or failed. */
  lost(): void;
  /** Nothing comes after this. */
  gone(): void;
}

/** Bytes taken at once: two hundred small transfers, which take 20 ms until V8 has compiled what they need. */
const PIECE = 8192;

/** The byte stream of a connection, and its end. */
export class Transport implements Reader {
  readonly output: Output;
  readonly #stream: Duplex;
  readonly #context: TransportContext;
  readonly #owner: TransportOwner;
  #isFinished = false;
  #isReading = true;
  /** What has arrived out of turn. */
  #waiting: Buffer | undefined;
  /** Bytes received after `finish`. */
  #ignored = 0;
  #cancel: (() => void) | undefined;

  constructor(stream: Duplex, context: TransportContext, owner: TransportOwner) {
    this.#stream = stream;
    this.#context = context;
    this.#owner = owner;
    this.output = new Output(stream, context, owner);
    this.#listen();
  }

  #listen(): void {
    const lost = (): void => this.#owner.lost();
    this.#stream.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.#stream.on('end', lost);
    this.#stream.on('error', lost);
    this.#stream.on('drain', () => this.#owner.resumeSending());
    this.#stream.on('close', () => {
      this.#cancel?.();
      this.#owner.lost();
      this.#owner.gone();
    });
  }

  #arrived(chunk: Buffer): void {
    let rest: Buffer | undefined = chunk;
    while (rest !== undefined && (this.#isFinished || this.#context.turns.mayRead(this))) rest = this.#takeSome(rest);
    if (rest === undefined) return;
    this.#waiting = rest;
    this.#stream.pause();
  }

  /** Its turn has come. */
  readAgain(): void {
    const chunk = this.#waiting;
    this.#waiting = undefined;
    if (chunk === undefined || this.#stream.destroyed) return;
    this.#waiting = this.#takeSome(chunk);
    if (this.#waiting !== undefined) this.#context.turns.wait(this);
    else if (this.#isReading) this.#stream.resume();
  }

  /** Returns what is left. */
  #takeSome(chunk: Buffer): Buffer | undefined {
    if (chunk.length <= PIECE) {
      this.#take(chunk);
      return undefined;
    }
    this.#take(chunk.subarray(0, PIECE));
    return chunk.subarray(PIECE);
  }

  #take(chunk: Buffer): void {
    if (!this.#isFinished) this.#owner.arrived(chunk);
    else {
      this.#ignored += chunk.length;
      if (this.#ignored > this.#context.limits.ignored) this.#stream.destroy();
    }
  }

  /**
   * Sends what is waiting, ends the stream, and destroys it after a second if the peer does not end it. With `stopReading`
   * the rest of the input is not read: a peer that has made an error cannot flood us, and has time to read the close.
   */
  finish(stopReading: boolean): void {
    const { clock, limits } = this.#context;
    this.#isFinished = true;
    this.output.flush();
    this.#stream.end();
    if (stopReading) {
      this.#isReading = false;
      this.#stream.pause();
    }
    this.#cancel = clock.after(limits.closeMs, () => this.#stream.destroy());
  }

  /** Ignores what comes, and sends nothing. */
  mute(): void {
    this.#isFinished = true;
    this.output.mute();
  }

  /** Drops the stream and what was not sent. */
  destroy(): void {
    this.#isFinished = true;
    this.output.drop();
    this.#stream.destroy();
  }
}
