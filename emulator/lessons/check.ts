import * as z from 'zod';
import { isObject, type Json } from '../../protocol/json.ts';
import type { Hub } from '../hub/hub.ts';
import type { Entry } from '../hub/journal.ts';

/** What must be true before a step is done. */
export const Check = z.union([
  z.strictObject({ devices: z.string().describe('A condition of a query that a device must meet') }),
  z.strictObject({ modules: z.string().describe('A condition of a query that a module must meet') }),
  z.strictObject({
    event: z.string().describe('The type of an event that must have happened'),
    where: z.record(z.string(), z.json()).optional().describe('Members that the event must have, among others'),
  }),
  z.strictObject({
    request: z.string().describe('A request that must have succeeded: its method, and how its path begins'),
  }),
]);
export type Check = z.infer<typeof Check>;

/** What has happened at a hub since a check was tried last. */
export interface Happened {
  readonly events: readonly Entry[];
  /** Such as `POST /devices/query`. */
  readonly requests: readonly string[];
}

/** The checks that are not met yet, of those that must be met one after the other. */
export const unmet = (checks: readonly Check[], hub: Hub, happened: Happened): readonly Check[] => {
  const [first, ...others] = checks;
  if (first === undefined) return [];
  if (!('event' in first)) return isMet(first, hub, happened) ? unmet(others, hub, happened) : checks;
  const at = happened.events.findIndex((entry) => isEvent(first, entry));
  return at === -1 ? checks : unmet(others, hub, { ...happened, events: happened.events.slice(at + 1) });
};

type EventCheck = Extract<Check, { event: unknown }>;

const isEvent = ({ event, where = {} }: EventCheck, entry: Entry): boolean =>
  entry.type === event && contains(entry as unknown as Json, where);

const isMet = (check: Exclude<Check, EventCheck>, hub: Hub, { requests }: Happened): boolean => {
  if ('request' in check) return requests.some((request) => request.startsWith(check.request));
  const query =
    'devices' in check
      ? `SELECT * FROM devices WHERE ${check.devices}`
      : `SELECT * FROM devices.modules WHERE ${check.modules}`;
  return hub.queries.runNow(hub.queries.parse(query), { maxItemCount: 1 }).items.length > 0;
};

/** In words, while it is not met. */
export const waitingFor = (check: Check): string => {
  if ('event' in check) return `an event ${check.event}${check.where ? ` with ${JSON.stringify(check.where)}` : ''}`;
  if ('request' in check) return `a request ${check.request}`;
  return 'devices' in check ? `a device with ${check.devices}` : `a module with ${check.modules}`;
};

/** True if `value` has everything that `part` has. */
const contains = (value: Json | undefined, part: Json): boolean => {
  if (!isObject(part)) return value === part;
  return isObject(value) && Object.entries(part).every(([name, inner]) => contains(value[name], inner));
};
