import type { AdminClient } from './admin-client.ts';

/** A client that the hub refused. */
export interface Refused {
  /** UTC, ISO 8601. */
  readonly time: string;
  /** Who and what, such as `connection of oven`. */
  readonly subject: string;
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

const MOST = 10;

/** The latest refusals that the emulator has kept, oldest first, at most ten. Throws a Failure. */
export const latestRefusals = async (admin: AdminClient): Promise<readonly Refused[]> => {
  const events = await admin.call('GET /events', { query: { format: 'json' } });
  return events
    .filter(({ type }) => type === 'refused')
    .slice(-MOST)
    .map(refusedOf);
};

/** Two lines of text. */
export const refusalLines = ({ time, subject, code, cause, remedy }: Refused): readonly [string, string] => [
  `${time.slice(11, 19)} ${subject} (${code}): ${cause}`,
  remedy,
];

const refusedOf = (event: Readonly<Record<string, unknown>>): Refused => {
  const text = (name: string): string => (typeof event[name] === 'string' ? event[name] : '');
  const who = text('key') || text('subject');
  return {
    time: text('time'),
    subject: who === '' ? text('what') : `${text('what')} of ${who}`,
    code: text('code'),
    cause: text('cause'),
    remedy: text('remedy'),
  };
};
