import type { JsonObject } from '../protocol/json.ts';
import type { Hub } from './hub/hub.ts';
import type { DeviceSeed } from './options.ts';

/** Creates the devices that exist from the start. Throws HubError for one that the hub would not take. */
export const plant = (hub: Hub, seeds: readonly (string | DeviceSeed)[]): void => {
  for (const seed of seeds) plantOne(hub, typeof seed === 'string' ? { id: seed } : seed);
};

const plantOne = (hub: Hub, { id, status, primaryKey, secondaryKey, tags, desired }: DeviceSeed): void => {
  const keyOf = (which: 'primary' | 'secondary') => hub.ids.symmetricKey(id, which, 0);
  const symmetricKey = {
    primaryKey: primaryKey ?? keyOf('primary'),
    secondaryKey: secondaryKey ?? keyOf('secondary'),
  };
  hub.registry.create(
    { deviceId: id },
    { deviceId: id, status: status ?? 'enabled', authentication: { symmetricKey } },
  );
  const patch: JsonObject = {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { properties: { desired } }),
  };
  if (Object.keys(patch).length > 0) hub.twins.patch(id, patch);
};
