import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Hub } from '../hub/hub.ts';
import { clearFleet } from '../hub/snapshots/fleet-document.ts';
import { restoreSnapshot, takeSnapshot } from '../hub/snapshots/snapshot.ts';
import type { Seed, SeedIdentity } from './seed.ts';

/** How many of each the seed has. */
export interface AppliedSeed {
  readonly devices: number;
  readonly modules: number;
  readonly configurations: number;
}

/**
 * Creates what the seed lists; identities that exist already get the identity and twin of the seed. Throws HubError for
 * what the hub rejects.
 */
export const applySeed = (hub: Hub, { identities, configurations, routing }: Seed): AppliedSeed => {
  const known = new Set(
    identities.map(({ name }) => keyOf(name)).filter((key) => hub.registry.find(key) !== undefined),
  );
  for (const one of identities) applyIdentity(hub, one, known.has(keyOf(one.name)));
  for (const { name, parent } of identities) if (parent !== undefined) hub.registry.adopt(name.deviceId, parent);
  for (const body of configurations) putConfiguration(hub, body);
  if (routing !== undefined) hub.router.replace(routing);
  const modules = identities.filter(({ name }) => name.moduleId !== undefined).length;
  return { devices: identities.length - modules, modules, configurations: configurations.length };
};

/**
 * Applies the seed on top of what there is, or in place of it: all of the seed or nothing. Throws as `applySeed` does.
 */
export const loadSeed = (hub: Hub, seed: Seed, { replace }: { replace: boolean }): AppliedSeed => {
  const before = takeSnapshot(hub);
  try {
    if (replace) clear(hub);
    return applySeed(hub, seed);
  } catch (error) {
    restoreSnapshot(hub, before);
    throw error;
  }
};

/** Removes what a seed can bring. */
const clear = (hub: Hub): void => {
  clearFleet(hub);
  for (const { id } of hub.configurations.list()) hub.configurations.delete(id, '*');
  hub.router.reset();
};

const applyIdentity = (hub: Hub, one: SeedIdentity, exists: boolean): void => {
  const { name, tags, desired, reported, modelId } = one;
  const key = keyOf(name);
  // an edge device's own modules came with it, and take their settings as a deployment
  if (name.moduleId?.startsWith('$')) {
    if (desired === undefined || Object.keys(desired).length === 0) return;
    hub.configurations.applyContent(name.deviceId, {
      modulesContent: { [name.moduleId]: { 'properties.desired': desired } },
    });
    return;
  }
  const identity = withBothKeys(hub, one);
  if (exists) hub.registry.replace(name, identity, '*');
  else hub.registry.create(name, identity); // which refuses what the seed has twice
  const patch: JsonObject = {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { properties: { desired } }),
  };
  if (Object.keys(patch).length > 0) hub.twins.patch(key, patch);
  if (reported !== undefined) hub.twins.report(key, reported);
  if (modelId !== undefined) hub.twins.announceModel(key, modelId);
  // brought by a deployment: services cannot create such a module
  if (name.moduleId !== undefined && hasNoCredentials(identity)) hub.registry.withdrawCredentials(key);
};

const hasNoCredentials = (identity: JsonObject): boolean => {
  const authentication = own(identity, 'authentication');
  return isObject(authentication) && own(authentication, 'type') === 'none';
};

/** The registry takes no key or both; a seed may give one. */
const withBothKeys = (hub: Hub, { name, identity }: SeedIdentity): JsonObject => {
  const authentication = own(identity, 'authentication');
  const keys = isObject(authentication) ? own(authentication, 'symmetricKey') : undefined;
  if (!isObject(authentication) || !isObject(keys)) return identity;
  const key = (which: 'primary' | 'secondary'): Json =>
    own(keys, `${which}Key`) || hub.ids.symmetricKey(keyOf(name), which, 0);
  const symmetricKey = { primaryKey: key('primary'), secondaryKey: key('secondary') };
  return { ...identity, authentication: { ...authentication, symmetricKey } };
};

const putConfiguration = (hub: Hub, body: JsonObject): void => {
  const { id } = body;
  if (typeof id !== 'string') throw new HubError('ArgumentInvalid', 'A configuration needs an id.');
  const isKnown = hub.configurations.list().some((known) => known.id === id);
  hub.configurations.put(id, body, isKnown ? '*' : undefined);
};
