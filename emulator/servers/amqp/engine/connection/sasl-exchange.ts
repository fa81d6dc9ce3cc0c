import type { SaslAttempt } from '../application.ts';
import { Decoder } from '../codec/decoder.ts';
import { AmqpError } from '../errors.ts';
import type { Frame } from '../frames/frame.ts';
import { type SaslFrame, saslFrames } from '../frames/sasl.ts';
import type { Limits } from '../limits.ts';

/** The order matters: clients take the first that they support. */
export const MECHANISMS = ['MSSBCBS', 'EXTERNAL', 'ANONYMOUS', 'PLAIN'] as const;

type Mechanism = (typeof MECHANISMS)[number];

/** What follows a frame of the peer. */
export type SaslStep =
  | { readonly type: 'challenge' }
  | { readonly type: 'attempt'; readonly attempt: SaslAttempt }
  | { readonly type: 'refuse' };

/** The peer's side of part 5 §5.3.2: an init, and a response if the init did not contain one. */
export class SaslExchange {
  readonly #limits: Limits;
  #mechanism: Mechanism | undefined;
  #hostname: string | undefined;
  #responses = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Throws AmqpError for a frame that is not expected. */
  take(frame: Frame): SaslStep {
    const fields = saslFrames.read(new Decoder(frame.bytes, frame.start, frame.end));
    if (fields === undefined)
      throw new AmqpError('amqp:decode-error', 'A client sends sasl-init and sasl-response only');
    return fields.type === 'sasl-init' ? this.#init(fields) : this.#respond(fields.response);
  }

  #init(init: Extract<SaslFrame, { type: 'sasl-init' }>): SaslStep {
    if (this.#mechanism !== undefined) throw new AmqpError('amqp:not-allowed', 'sasl-init was already received');
    this.#mechanism = MECHANISMS.find((name) => name === init.mechanism);
    this.#hostname = init.hostname;
    if (this.#mechanism === undefined) return { type: 'refuse' };
    return this.#read(init.initialResponse);
  }

  #respond(response: Buffer): SaslStep {
    this.#responses += 1;
    if (this.#mechanism === undefined)
      throw new AmqpError('amqp:not-allowed', 'sasl-response was received before sasl-init');
    return this.#responses > this.#limits.saslRounds ? { type: 'refuse' } : this.#read(response);
  }

  #read(response: Buffer | undefined): SaslStep {
    const mechanism = this.#mechanism ?? 'ANONYMOUS';
    if (mechanism !== 'PLAIN') return { type: 'attempt', attempt: { mechanism, hostname: this.#hostname } };
    if (response === undefined) return { type: 'challenge' };
    // https://www.rfc-editor.org/rfc/rfc4616#section-2
    const [, username, password, ...more] = response.toString('utf8').split('\0');
    if (username === undefined || password === undefined || more.length > 0) return { type: 'refuse' };
    return { type: 'attempt', attempt: { mechanism, hostname: this.#hostname, username, password } };
  }
}
