import { HubError } from '../../../protocol/errors.ts';
import type { IdentityName } from '../../../protocol/identity-key.ts';
import { printable } from '../../kernel/printable.ts';
import type { Identity, IdentitySpec } from './identity.ts';

/** The scopes of a device: its own as an edge device, and its parents'. */
export type Scopes = Pick<Identity, 'deviceScope' | 'parentScopes'>;

/**
 * Scopes of a new identity: an edge device gets its own, a leaf device names its parent's as its own.
 * Throws InvalidDeviceScope. https://learn.microsoft.com/azure/iot-edge/iot-edge-as-gateway#parent-and-child-relationships
 */
export const newScopes = (name: IdentityName, spec: IdentitySpec, generationId: string): Scopes => {
  if (name.moduleId !== undefined) return NONE;
  return spec.iotEdge ? edgeScopes(`${SCHEME}${name.deviceId}-${generationId}`, spec) : leafScopes(spec);
};

/**
 * Scopes of an identity that is replaced. Without the scope of its parent in the body it is detached from the parent.
 * Throws InvalidDeviceScope, ArgumentInvalid if an edge device does not send its own scope along.
 */
export const nextScopes = (before: Identity, spec: IdentitySpec): Scopes => {
  if (before.moduleId !== undefined) return NONE;
  if (!spec.iotEdge) return before.iotEdge ? NONE : leafScopes(spec);
  if (spec.deviceScope !== (before.iotEdge ? before.deviceScope : undefined))
    throw new HubError('ArgumentInvalid', 'Device scope is immutable');
  // observed 2026-08 on a live hub: a leaf that becomes an edge device gets no suffix
  return edgeScopes(before.iotEdge ? before.deviceScope : `${SCHEME}${before.deviceId}-`, spec);
};

const SCHEME = 'ms-azure-iot-edge://';

const NONE: Scopes = { deviceScope: undefined, parentScopes: undefined };

const edgeScopes = (deviceScope: string | undefined, spec: IdentitySpec): Scopes => ({
  deviceScope,
  parentScopes: (spec.parentScopes ?? []).map(checked),
});

const leafScopes = ({ deviceScope }: IdentitySpec): Scopes =>
  deviceScope === undefined ? NONE : { deviceScope: checked(deviceScope), parentScopes: [deviceScope] };

const checked = (scope: string): string => {
  if (/^ms-azure-iot-edge:\/\/.+-\d*$/.test(scope)) return scope;
  throw new HubError('InvalidDeviceScope', `Invalid device scope: ${printable(scope)}`);
};
