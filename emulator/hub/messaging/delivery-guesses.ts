import { HubError } from '../../../protocol/errors.ts';

// What no public source says about messages to devices. docs/differences.md lists each of these.

/** UNCERTAIN: names of application properties are checked against the documented alphabet. */
export const isAllowedName = (name: string): boolean => /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(name);

/** UNCERTAIN: values may contain any printable ASCII: the page about MQTT shows a blank, the one about messages forbids it. */
export const isAllowedValue = (value: string): boolean => /^[\x20-\x7e]*$/.test(value);

/** UNCERTAIN: an acknowledgement that is not none, positive, negative or full is refused. */
export const unknownAck = (ack: string): HubError =>
  new HubError('ArgumentInvalid', `'${ack}' is not a kind of feedback: none, positive, negative or full.`);

/** UNCERTAIN: a message that has expired before it is sent is accepted, and expires at once. */
export const lateExpiry = (now: number): number => now;

/** UNCERTAIN: a time to live beyond the two days of the hub's own settings ends after two days. */
export const LONGEST_TTL_MS = 2 * 24 * 3_600_000;

/** UNCERTAIN: over HTTPS a lock of 1 to 300 seconds can be asked for; other numbers are brought into this range. */
export const lockMsOf = (seconds: number | undefined, defaultMs: number): number =>
  seconds === undefined || Number.isNaN(seconds) ? defaultMs : Math.min(Math.max(Math.trunc(seconds), 1), 300) * 1000;

/** UNCERTAIN: the text of the error. */
export const lockLost = (): HubError =>
  new HubError('DeviceMessageLockLost', 'The lock of the message has expired, or there is no such lock.');
