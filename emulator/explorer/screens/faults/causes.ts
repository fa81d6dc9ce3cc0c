import type { FaultEffect, FaultMatch } from '../../api/types.ts';

/** Something that goes wrong in the field, and the rule that imitates it. */
export interface Cause {
  readonly id: string;
  readonly title: string;
  /** What apps see, and what this teaches. */
  readonly text: string;
  readonly effect: FaultEffect;
  readonly match: FaultMatch;
}

export const CAUSES: readonly Cause[] = [
  {
    id: 'lost-network',
    title: 'The network is lost while a device reports',
    text: 'The connection ends before the acknowledgement: a good client connects again and repeats.',
    effect: { type: 'disconnect', when: 'before' },
    match: { operation: 'twin.report' },
  },
  {
    id: 'lost-message',
    title: 'The network is lost while a device sends a message',
    text: 'The message arrives, its acknowledgement does not: the message may come twice.',
    effect: { type: 'disconnect', when: 'after' },
    match: { operation: 'telemetry' },
  },
  {
    id: 'token',
    title: 'A token is refused',
    text: 'As with a wrong key or an expired token.',
    effect: { type: 'error', code: 'IotHubUnauthorizedAccess' },
    match: { operation: 'connect' },
  },
  {
    id: 'busy',
    title: 'The hub is busy (503)',
    text: 'SDKs try again, with growing pauses.',
    effect: { type: 'error', code: 'ServiceUnavailable' },
    match: { operation: 'connect' },
  },
  {
    id: 'throttled',
    title: 'Requests of services are throttled (429)',
    text: 'Too many requests for the tier; the answer says to wait.',
    effect: { type: 'throttle' },
    match: { operation: 'rest' },
  },
  {
    id: 'slow',
    title: 'Answers about twins are slow',
    text: 'Each takes two seconds; apps should not stand still meanwhile.',
    effect: { type: 'delay', ms: 2000 },
    match: { operation: 'twin.get' },
  },
  {
    id: 'unheard',
    title: 'A desired change does not reach the device',
    text: 'The device must ask for its twin after it connects, or it never learns.',
    effect: { type: 'drop' },
    match: { operation: 'twin.desired' },
  },
  {
    id: 'twice',
    title: 'Messages come twice',
    text: 'At-least-once delivery: readers must cope with repeats.',
    effect: { type: 'duplicate' },
    match: { operation: 'telemetry' },
  },
  {
    id: 'method',
    title: 'A method call gets lost',
    text: 'The service waits until its response timeout.',
    effect: { type: 'drop' },
    match: { operation: 'method' },
  },
  {
    id: 'silence',
    title: 'The connection is dead, and no one notices',
    text: 'Open, but silent, as behind a broken router: only the keep-alive finds out.',
    effect: { type: 'blackHole' },
    match: {},
  },
  {
    id: 'certificate',
    title: 'The hub shows a wrong certificate',
    text: 'Its CA is unknown: clients must refuse to connect.',
    effect: { type: 'refuseCertificate' },
    match: { operation: 'handshake' },
  },
];
