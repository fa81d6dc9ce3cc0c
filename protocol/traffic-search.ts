import { like, type Term } from './search.ts';
import type { TrafficEntry } from './traffic.ts';

type Entry = Readonly<TrafficEntry>;

/** True if all terms of a search such as `status:4xx device:thermostat-*` fit. */
export const fits = (entry: Entry, terms: readonly Term[]): boolean =>
  terms.every((term) => term.isNot !== termFits(entry, term));

export const isBad = ({ outcome }: Pick<Entry, 'outcome'>): boolean => outcome === 'refused' || outcome === 'fault';

const termFits = (entry: Entry, { field, text }: Term): boolean => {
  if (field === undefined) return text === 'errors' ? isBad(entry) : anywhere(entry, text);
  const test = FIELDS[field];
  return test === undefined ? anywhere(entry, `${field}:${text}`) : test(entry, text);
};

const anywhere = (entry: Entry, text: string): boolean =>
  [entry.who, entry.asked, entry.body, entry.answered, entry.why, entry.protocol, entry.operation].some((part) =>
    part?.toLowerCase().includes(text),
  );

/** `status:4xx` means 400 to 499. */
const FIELDS: Readonly<Record<string, (entry: Entry, text: string) => boolean>> = {
  status: ({ status, answered }, text) => statusFits(String(status ?? answered).toLowerCase(), text),
  device: (entry, text) =>
    like(text, entry.who.toLowerCase()) ||
    entry.asked
      .toLowerCase()
      .split(/[ /?]/)
      .some((word) => like(text, word)),
  who: ({ who }, text) => like(text, who.toLowerCase()),
  op: ({ operation }, text) => like(text, operation) || operation.startsWith(text),
  proto: ({ protocol }, text) => like(text, protocol.toLowerCase()),
  outcome: ({ outcome }, text) => outcome === text,
  id: ({ id }, text) => String(id) === text,
  since: ({ at }, text) => Date.parse(at) >= Date.parse(text.toUpperCase()),
};

const statusFits = (status: string, text: string): boolean =>
  /^\dxx$/.test(text) ? status.length === 3 && status.startsWith(text.charAt(0)) : like(text, status);
