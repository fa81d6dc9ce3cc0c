import type { Event } from '../protocol/admin/events.ts';
import type { Entry } from './hub/journal.ts';
import { plainBody } from './plain-body.ts';

/** As JSON: times in ISO 8601, and bodies, the only bytes of events, as text. */
export const plainEvent = (entry: Entry): Event => {
  const { at, ...rest } = entry;
  const event = { ...rest, time: new Date(at).toISOString() };
  if (!('message' in rest)) return event;
  return { ...event, message: { ...rest.message, body: plainBody(rest.message.body) } };
};
