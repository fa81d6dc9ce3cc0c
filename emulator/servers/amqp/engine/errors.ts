import type { Fields } from './codec/values.ts';

/**
 * The error conditions that the engine itself answers with.
 * OASIS AMQP 1.0 part 2, transport, §2.8.15 to §2.8.18:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html#section-definitions
 */
export type EngineCondition =
  | 'amqp:connection:forced'
  | 'amqp:connection:framing-error'
  | 'amqp:decode-error'
  | 'amqp:internal-error'
  | 'amqp:invalid-field'
  | 'amqp:link:message-size-exceeded'
  | 'amqp:link:transfer-limit-exceeded'
  | 'amqp:not-allowed'
  | 'amqp:not-found'
  | 'amqp:not-implemented'
  | 'amqp:resource-limit-exceeded'
  | 'amqp:session:errant-link'
  | 'amqp:session:handle-in-use'
  | 'amqp:session:unattached-handle'
  | 'amqp:session:window-violation'
  | 'amqp:unauthorized-access';

/** An error that is sent to the peer: a condition for programs, and a description for people. */
export class AmqpError extends Error {
  override readonly name: string = 'AmqpError';
  /** A symbol such as `amqp:not-found`; applications may use conditions of their own. */
  readonly condition: string;
  readonly info: Fields | undefined;

  constructor(condition: EngineCondition | (string & {}), description: string, info?: Fields) {
    super(description);
    this.condition = condition;
    this.info = info;
  }
}

/** What a peer is told about a mistake of ours. */
export const SERVER_ERROR = new AmqpError('amqp:internal-error', 'The server has failed; its log shows the error');

/** Bytes that are not valid AMQP. They always end the connection. */
export class DecodeError extends AmqpError {
  override readonly name = 'DecodeError';

  constructor(description: string) {
    super('amqp:decode-error', description);
  }
}

/**
 * Runs a function and passes an AmqpError that it throws to `failed`, which ends a delivery, a link or a session with it.
 * Errors that concern the whole connection are thrown on: bytes that do not decode, and bugs.
 */
export const attempt = (run: () => void, failed: (error: AmqpError) => void): void => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AmqpError) || error instanceof DecodeError) throw error;
    failed(error);
  }
};
