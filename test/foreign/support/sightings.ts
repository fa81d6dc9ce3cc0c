import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ANSWERS, type Answered } from '../../../emulator/servers/answers.ts';
import { inWordsOfContract } from '../../compat/contract.ts';

/** The statuses that each operation was answered with, both sorted. */
export type Sightings = Readonly<Record<string, readonly string[]>>;

/** Notes what the servers in this process answer until it is asked for. */
export const watch = (): (() => Sightings) => {
  const seen = new Map<string, Set<string>>();
  const note = (message: unknown): void => {
    const { verb, subject, answer } = message as Answered; // nobody else uses the channel
    const operation = inWordsOfContract(verb, subject);
    seen.set(operation, (seen.get(operation) ?? new Set()).add(answer));
  };
  subscribe(ANSWERS, note);
  return () => {
    unsubscribe(ANSWERS, note);
    return Object.fromEntries(
      [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([operation, found]) => [operation, [...found].sort()]),
    );
  };
};
