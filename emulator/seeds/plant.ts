import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { clearFleet } from '../hub/fleet-document.ts';
import type { Hub } from '../hub/hub.ts';
import { restoreSnapshot, takeSnapshot } from '../hub/snapshot.ts';
import { systemModule } from '../hub/system-modules.ts';
import type { Plant, Seed } from './seed.ts';

/** How many of each were planted. */
export interface Planted {
  readonly devices: number;
  readonly modules: number;
  readonly configurations: number;
}

/**
 * Creates what the seed says; what is there already gets the seed's identity and twin. Throws HubError for what the hub
 * would not take.
 */
export const plant = (hub: Hub, { plants, configurations }: Seed): Planted => {
  const before = new Set(plants.map(({ name }) => keyOf(name)).filter((key) => hub.registry.find(key) !== undefined));
  for (const one of plants) plantOne(hub, one, before.has(keyOf(one.name)));
  for (const { name, parent } of plants) if (parent !== undefined) adopt(hub, name.deviceId, parent);
  for (const body of configurations) putConfiguration(hub, body);
  const modules = plants.filter(({ name }) => name.moduleId !== undefined).length;
  return { devices: plants.length - modules, modules, configurations: configurations.length };
};

/** Plants on top of what is there, or in place of it: all of the seed or nothing. Throws as `plant` does. */
export const sow = (hub: Hub, seed: Seed, { replace }: { replace: boolean }): Planted => {
  const before = takeSnapshot(hub);
  try {
    if (replace) clear(hub);
    return plant(hub, seed);
  } catch (error) {
    restoreSnapshot(hub, before);
    throw error;
  }
};

/** Removes what a seed can bring. */
const clear = (hub: Hub): void => {
  clearFleet(hub);
  for (const { id } of hub.configurations.list()) hub.configurations.delete(id, '*');
};

const plantOne = (hub: Hub, one: Plant, isThere: boolean): void => {
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
  if (isThere) hub.registry.replace(name, identity, '*');
  else hub.registry.create(name, identity); // which refuses what the seed has twice
  const patch: JsonObject = {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { properties: { desired } }),
  };
  if (Object.keys(patch).length > 0) hub.twins.patch(key, patch);
  if (reported !== undefined) hub.twins.report(key, reported);
  if (modelId !== undefined) {
    const member = hub.fleet.get(key);
    hub.fleet.set({ ...member, twin: { ...member.twin, modelId } });
  }
  // brought by a deployment: the service itself lets nobody create such a module
  if (name.moduleId !== undefined && hasNoCredentials(identity)) {
    const member = hub.fleet.get(key);
    hub.fleet.set({ ...member, identity: { ...member.identity, authentication: systemModule.authentication } });
  }
};

const hasNoCredentials = (identity: JsonObject): boolean => {
  const authentication = own(identity, 'authentication');
  return isObject(authentication) && own(authentication, 'type') === 'none';
};

/** The registry takes no key or both; a seed may give one. */
const withBothKeys = (hub: Hub, { name, identity }: Plant): JsonObject => {
  const authentication = own(identity, 'authentication');
  const keys = isObject(authentication) ? own(authentication, 'symmetricKey') : undefined;
  if (!isObject(authentication) || !isObject(keys)) return identity;
  const key = (which: 'primary' | 'secondary'): Json =>
    own(keys, `${which}Key`) || hub.ids.symmetricKey(keyOf(name), which, 0);
  const symmetricKey = { primaryKey: key('primary'), secondaryKey: key('secondary') };
  return { ...identity, authentication: { ...authentication, symmetricKey } };
};

/** https://learn.microsoft.com/azure/iot-edge/how-to-connect-downstream-iot-edge-device */
const adopt = (hub: Hub, deviceId: string, parentId: string): void => {
  const scope = hub.registry.get(parentId).identity.deviceScope;
  if (scope === undefined) throw new HubError('InvalidDeviceScope', `${parentId} is no edge device`);
  const { identity } = hub.registry.get(deviceId);
  // a leaf device is in the scope of its parent, an edge device has a scope of its own and names the parent's
  const scopes = identity.iotEdge ? { parentScopes: [scope] } : { deviceScope: scope };
  hub.fleet.set({ ...hub.registry.get(deviceId), identity: { ...identity, ...scopes } });
};

const putConfiguration = (hub: Hub, body: JsonObject): void => {
  const { id } = body;
  if (typeof id !== 'string') throw new HubError('ArgumentInvalid', 'A configuration without id.');
  const isKnown = hub.configurations.list().some((known) => known.id === id);
  hub.configurations.put(id, body, isKnown ? '*' : undefined);
};
