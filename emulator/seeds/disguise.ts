import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import type { Plant, Seed } from './seed.ts';

export interface Disguise {
  /** `new`: identities get keys of the hub's making, whatever keys they had. */
  readonly keys?: 'kept' | 'new';
  /** `pseudonyms`: ids become `device-1`, `module-1`, … in the order of the seed. */
  readonly ids?: 'kept' | 'pseudonyms';
}

/** The seed without what shall not leave the hub that it comes from. */
export const disguised = ({ plants, configurations }: Seed, { keys, ids }: Disguise): Seed => {
  const rename = ids === 'pseudonyms' ? pseudonyms() : (_: string, id: string) => id;
  return {
    plants: plants.map((one) => renamed(keys === 'new' ? withoutKeys(one) : one, rename)),
    configurations,
  };
};

type Rename = (kind: 'device' | 'module', id: string) => string;

const pseudonyms = (): Rename => {
  const known = { device: new Map<string, string>(), module: new Map<string, string>() };
  return (kind, id) => {
    if (id.startsWith('$')) return id; // the modules of every edge device
    const name = known[kind].get(id) ?? `${kind}-${known[kind].size + 1}`;
    known[kind].set(id, name);
    return name;
  };
};

const renamed = (one: Plant, rename: Rename): Plant => {
  const { deviceId, moduleId } = one.name;
  const name = {
    deviceId: rename('device', deviceId),
    ...(moduleId === undefined ? {} : { moduleId: rename('module', moduleId) }),
  };
  return { ...one, name, ...(one.parent === undefined ? {} : { parent: rename('device', one.parent) }) };
};

const withoutKeys = (one: Plant): Plant => {
  const authentication = own(one.identity, 'authentication');
  if (!isObject(authentication) || (own(authentication, 'type') ?? 'sas') !== 'sas') return one;
  const { authentication: _, ...identity }: JsonObject = one.identity;
  return { ...one, identity };
};
