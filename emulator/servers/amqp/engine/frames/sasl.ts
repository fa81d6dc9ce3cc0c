import { type Composed, Composite, mandatory, OneOf } from '../codec/composite.ts';
import { binary, string, symbol, symbols, ubyte } from '../codec/fields.ts';

/**
 * The five SASL frames, OASIS AMQP 1.0 part 5, security, §5.3.3:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-security-v1.0-os.html#section-sasl
 */
export const saslMechanisms = new Composite('sasl-mechanisms', 0x40, { mechanisms: mandatory(symbols) });
export const saslInit = new Composite('sasl-init', 0x41, {
  mechanism: mandatory(symbol),
  initialResponse: binary,
  hostname: string,
});
export const saslChallenge = new Composite('sasl-challenge', 0x42, { challenge: mandatory(binary) });
export const saslResponse = new Composite('sasl-response', 0x43, { response: mandatory(binary) });
export const saslOutcome = new Composite('sasl-outcome', 0x44, { code: mandatory(ubyte), additionalData: binary });

/** What a peer may say. */
export const saslFrames = new OneOf<typeof saslInit | typeof saslResponse>(saslInit, saslResponse);

export type SaslFrame = Composed<typeof saslInit> | Composed<typeof saslResponse>;

/** §5.3.3.6. */
export const SASL_CODE = { ok: 0, auth: 1, sys: 2 } as const;
