import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { FleetView } from '../fleet/fleet.ts';

/**
 * UNCERTAIN: whose methods a module may call: those of its own device, of the device's other modules, and of devices whose parent
 * this device is, with their modules. Throws IotHubUnauthorizedAccess.
 */
export const demandReach = (fleet: FleetView, caller: IdentityKey, target: IdentityKey): void => {
  const [own, other] = [nameOf(caller).deviceId, nameOf(target).deviceId];
  if (own === other) return;
  const scope = fleet.find(own)?.identity.deviceScope;
  if (scope !== undefined && fleet.find(other)?.identity.parentScopes?.includes(scope)) return;
  throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized', {
    hint: `module ${caller} may not call methods of ${target}, which is not a child of its device`,
  });
};
