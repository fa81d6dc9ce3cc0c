import type { Subscription } from 'aedes';
import type { Answered } from '../answers.ts';
import type { ReturnCode } from './connect.ts';

/** What a CONNECT is answered: accepted without a code; 1 is said by the gate. */
export const connack = (code: ReturnCode | 1 | undefined): Answered => ({
  verb: 'CONNECT',
  subject: '',
  answer: String(code ?? 0),
  refusal: code === undefined ? undefined : `CONNACK ${code}`,
});

/** What one filter of a SUBSCRIBE is answered. */
export const suback = (topic: string, granted: Subscription | null): Answered => ({
  verb: 'SUBSCRIBE',
  subject: topic,
  answer: granted === null ? '128' : String(granted.qos),
  refusal: granted === null ? 'SUBACK 128' : undefined,
});
