import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { findRow } from '../../../emulator/servers/amqp/links/table.ts';
import { type Answered, DIAGNOSTICS_CHANNEL } from '../../../emulator/servers/diagnostics.ts';
import { inWordsOfContract } from '../../compat/contract.ts';

/** The statuses of the answers to each operation, both sorted. */
export type Sightings = Readonly<Record<string, readonly string[]>>;

/** Records the answers of the servers in this process; returns a function that ends that and gives them. */
export const watch = (): (() => Sightings) => {
  const seen = new Map<string, Set<string>>();
  const note = (message: unknown): void => {
    const { verb, subject, answer } = message as Answered; // nothing else uses the channel
    const operation = inWordsOfContract(verb, verb === 'SEND' ? patternOf(subject) : subject);
    seen.set(operation, (seen.get(operation) ?? new Set()).add(answer));
  };
  subscribe(DIAGNOSTICS_CHANNEL, note);
  return () => {
    unsubscribe(DIAGNOSTICS_CHANNEL, note);
    return Object.fromEntries(
      [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([operation, found]) => [operation, [...found].sort()]),
    );
  };
};

/** The pattern of the address to which an AMQP client sends, or what it asks of a twin. */
const patternOf = (subject: string): string =>
  subject.startsWith('twin ') ? subject : (findRow(subject)?.row.address ?? subject);
