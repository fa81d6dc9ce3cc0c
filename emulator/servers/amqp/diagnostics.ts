import { diagnostics } from '../diagnostics.ts';

/** Publishes how a link or message was answered. `subject`: a pattern of the table of links, or a request. */
export const told = (verb: 'ATTACH' | 'SEND' | 'DELIVER', subject: string, answer: string, refusal?: string): void => {
  if (diagnostics.hasSubscribers) diagnostics.publish({ verb, subject, answer, refusal });
};
