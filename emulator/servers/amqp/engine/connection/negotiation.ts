import type { AmqpApplication, SaslAttempt } from '../application.ts';
import { AmqpError } from '../errors.ts';
import { FRAME_TYPE, type FrameReader, writeFrame } from '../frames/frame.ts';
import { SASL_CODE, saslChallenge, saslMechanisms, saslOutcome } from '../frames/sasl.ts';
import type { Limits } from '../limits.ts';
import type { Output } from '../transport/output.ts';
import { MECHANISMS, SaslExchange } from './sasl-exchange.ts';

/** `AMQP`, protocol id, version 1.0.0: part 2 §2.2, part 5 §5.3.1. */
const header = (protocol: number): Buffer => Buffer.from([0x41, 0x4d, 0x51, 0x50, protocol, 1, 0, 0]);
const PLAIN = header(0);
const SASL = header(3);

/** `wait`: for more bytes, or for a call of `resume`. `refused`: the connection must be closed. */
export type NegotiationStep = 'again' | 'wait' | 'done' | 'refused';

export interface Surroundings {
  readonly reader: FrameReader;
  readonly output: Output;
  readonly limits: Limits;
  readonly application: AmqpApplication;
  /** Continues after an asynchronous answer of the application. */
  resume(): void;
  /** Reports an error of the application. */
  fault(error: unknown): void;
}

/**
 * Everything before the first AMQP frame: protocol headers, and SASL if the peer asks for it. All of it can be in one chunk:
 * some clients send header, sasl-init, header and open at once.
 */
export class Negotiation {
  readonly #around: Surroundings;
  #sasl: SaslExchange | undefined;
  #verdict: 'none' | 'pending' | 'refused' | 'passed' = 'none';
  /** The reason for `refused`. */
  refusal = new AmqpError('amqp:unauthorized-access', 'SASL authentication has failed');

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Handles one header or SASL frame. Throws AmqpError for SASL frames that are not valid. */
  step(): NegotiationStep {
    if (this.#verdict === 'pending') return 'wait';
    if (this.#verdict === 'refused') return 'refused';
    return this.#sasl === undefined || this.#verdict === 'passed' ? this.#header() : this.#frame(this.#sasl);
  }

  #header(): NegotiationStep {
    const { reader, output } = this.#around;
    const bytes = reader.header();
    if (bytes === undefined) return 'wait';
    if (bytes.equals(SASL) && this.#sasl === undefined) {
      this.#offer();
      return 'again';
    }
    // part 2 §2.2: the answer to another protocol or version is a header that is supported; then the connection closes
    output.encoder().raw(PLAIN);
    if (bytes.equals(PLAIN)) return 'done';
    this.refusal = new AmqpError(
      'amqp:not-implemented',
      `Only AMQP 1.0 is supported; the first bytes were ${bytes.toString('hex')}`,
    );
    return 'refused';
  }

  #offer(): void {
    const { output, limits } = this.#around;
    this.#sasl = new SaslExchange(limits);
    output.encoder().raw(SASL);
    this.#write(saslMechanisms, { mechanisms: MECHANISMS });
  }

  #frame(sasl: SaslExchange): NegotiationStep {
    const { reader, limits } = this.#around;
    const frame = reader.frame(FRAME_TYPE.sasl, limits.saslFrameSize);
    if (frame === undefined) return 'wait';
    const step = sasl.take(frame);
    if (step.type === 'challenge') this.#write(saslChallenge, { challenge: Buffer.alloc(0) });
    else if (step.type === 'attempt') this.#ask(step.attempt);
    else this.#answer(SASL_CODE.auth);
    return 'again';
  }

  #ask(attempt: SaslAttempt): void {
    const answer = this.#around.application.authenticate(attempt);
    if (typeof answer === 'boolean') this.#answer(answer ? SASL_CODE.ok : SASL_CODE.auth);
    else {
      this.#verdict = 'pending';
      answer.then(
        (passed) => this.#answerLate(passed ? SASL_CODE.ok : SASL_CODE.auth),
        (error: unknown) => {
          this.#around.fault(error);
          this.#answerLate(SASL_CODE.sys);
        },
      );
    }
  }

  #answerLate(code: number): void {
    this.#answer(code);
    this.#around.resume();
  }

  #answer(code: number): void {
    this.#verdict = code === SASL_CODE.ok ? 'passed' : 'refused';
    this.#write(saslOutcome, { code });
  }

  #write<T>(kind: Parameters<typeof writeFrame<T>>[1], fields: T): void {
    writeFrame(this.#around.output.encoder(), kind, { type: FRAME_TYPE.sasl, channel: 0, fields });
  }
}
