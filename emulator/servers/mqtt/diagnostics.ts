import type { Subscription } from 'aedes';
import type { Answered } from '../diagnostics.ts';
import type { ReturnCode } from './broker/application.ts';

/** The answer to a CONNECT: accepted without a code; 1 is sent for another protocol level. */
export const connack = (code: ReturnCode | 1 | undefined): Answered => ({
  verb: 'CONNECT',
  subject: '',
  answer: String(code ?? 0),
  refusal: code === undefined ? undefined : `CONNACK ${code}`,
});

/** The answer to one filter of a SUBSCRIBE. */
export const suback = (topic: string, granted: Subscription | null): Answered => ({
  verb: 'SUBSCRIBE',
  subject: topic,
  answer: granted === null ? '128' : String(granted.qos),
  refusal: granted === null ? 'SUBACK 128' : undefined,
});
