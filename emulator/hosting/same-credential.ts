import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Hub } from '../hub/hub.ts';

/** True if a connection with the identity's key or certificate could be for either hub: these were given, not made. */
export const isSameCredential = (key: IdentityKey, one: Hub, other: Hub): boolean => {
  const [first, second] = [one, other].map((hub) => hub.registry.find(key)?.identity.authentication);
  return first !== undefined && first.type === second?.type && first.primaryKey === second.primaryKey;
};
