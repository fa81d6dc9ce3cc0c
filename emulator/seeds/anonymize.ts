import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Seed, SeedIdentity } from './seed.ts';

export interface AnonymizeOptions {
  /** `new`: identities have no keys, so that the hub makes new ones; those of endpoints are asterisks. */
  readonly keys?: 'kept' | 'new';
  /** `pseudonyms`: ids become `device-1`, `module-1`, … in the order of the seed. */
  readonly ids?: 'kept' | 'pseudonyms';
}

/** The seed without secrets and names of the hub that it comes from, as far as asked. */
export const anonymized = ({ identities, configurations, routing }: Seed, { keys, ids }: AnonymizeOptions): Seed => {
  const rename = ids === 'pseudonyms' ? pseudonyms() : (_: string, id: string) => id;
  return {
    identities: identities.map((one) => renamed(keys === 'new' ? withoutKeys(one) : one, rename)),
    configurations,
    ...(routing === undefined ? {} : { routing: keys === 'new' ? masked(routing) : routing }),
  };
};

/** With asterisks in place of keys and signatures, as Azure exports templates. */
const masked = (routing: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(routing), (_, value: Json) =>
    typeof value === 'string' ? value.replace(/\b(AccountKey|sig|code)=[^;&]+/gi, '$1=****') : value,
  );

type Rename = (kind: 'device' | 'module', id: string) => string;

const pseudonyms = (): Rename => {
  const known = { device: new Map<string, string>(), module: new Map<string, string>() };
  return (kind, id) => {
    if (id.startsWith('$')) return id; // a module that every edge device has
    const name = known[kind].get(id) ?? `${kind}-${known[kind].size + 1}`;
    known[kind].set(id, name);
    return name;
  };
};

const renamed = (one: SeedIdentity, rename: Rename): SeedIdentity => {
  const { deviceId, moduleId } = one.name;
  const name = {
    deviceId: rename('device', deviceId),
    ...(moduleId === undefined ? {} : { moduleId: rename('module', moduleId) }),
  };
  return { ...one, name, ...(one.parent === undefined ? {} : { parent: rename('device', one.parent) }) };
};

const withoutKeys = (one: SeedIdentity): SeedIdentity => {
  const authentication = own(one.identity, 'authentication');
  if (!isObject(authentication) || (own(authentication, 'type') ?? 'sas') !== 'sas') return one;
  const { authentication: _, ...identity }: JsonObject = one.identity;
  return { ...one, identity };
};
