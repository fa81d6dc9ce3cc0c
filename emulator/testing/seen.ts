import { inspect } from 'node:util';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { nearest } from '../../protocol/nearest.ts';
import type { TestDevice } from './test-device.ts';

/** The value at a path of names with dots between them. */
export const at = (values: JsonObject | undefined, path: string): Json | undefined => {
  let found: Json | undefined = values;
  for (const name of path.split('.')) found = isObject(found) ? own(found, name) : undefined;
  return found;
};

/** What there is at a path, or beside it. Ends the sentence that says for what a test waited. */
export const valueSeen = (section: string, values: JsonObject | undefined, path: string): string => {
  const value = at(values, path);
  if (value !== undefined) return `it is ${inspect(value, { depth: 4 })}`;
  const names = path.split('.');
  const depth = names.findIndex((_, index) => at(values, names.slice(0, index + 1).join('.')) === undefined);
  const parent = depth === 0 ? values : at(values, names.slice(0, depth).join('.'));
  const place = [section, ...names.slice(0, depth)].join('.');
  if (!isObject(parent)) return `${place} is ${inspect(parent)}`;
  const known = Object.keys(parent);
  if (known.length === 0) return `${place} is empty`;
  const meant = nearest(names[depth] ?? '', known);
  const some = `${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}`;
  return `${place} holds ${some}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
};

/** Why a device may not be connected: it was refused, or it is connected to another hub. */
export const absenceSeen = ({ iotHub, key }: TestDevice): string => {
  const refused = iotHub.refusals().findLast((refusal) => refusal.key === key);
  if (refused !== undefined) return `it was refused: ${refused.cause} (${refused.remedy})`;
  const elsewhere = iotHub.elsewhere?.();
  if (elsewhere?.hub.sessions.find(key) !== undefined)
    return `it is connected to hub ${elsewhere.hub.hostName}, not to this test's: use iotHub.device(…).connectionString`;
  if (iotHub.hub.fleet.find(key) === undefined) return 'it does not exist in the hub of this test';
  const last = iotHub.refusals().findLast(({ what }) => what === 'handshake' || what === 'connection');
  return last === undefined ? 'it is not connected' : `it is not connected; another client was refused: ${last.cause}`;
};
