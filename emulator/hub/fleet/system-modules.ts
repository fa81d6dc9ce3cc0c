import { HubError } from '../../../protocol/errors.ts';
import type { Identity, IdentitySpec } from '../registry/identity.ts';

/** The modules that every edge device has. https://learn.microsoft.com/azure/iot-edge/iot-edge-runtime */
export const SYSTEM_MODULES = ['$edgeAgent', '$edgeHub'] as const;

/** The identity of such a module, as the hub makes it. */
export const systemModule: IdentitySpec = {
  status: 'enabled',
  statusReason: null,
  authentication: {
    type: 'none',
    primaryKey: null,
    secondaryKey: null,
    primaryThumbprint: null,
    secondaryThumbprint: null,
  },
  iotEdge: false,
  deviceScope: undefined,
  parentScopes: undefined,
  managedBy: 'iotEdge',
};

/**
 * Identities and twins of system modules change by deployments only. Throws SystemModuleModifyUnauthorizedAccess.
 * https://github.com/Azure/iotedge/issues/1162 has the text of the service.
 */
export const demandUserModule = ({ moduleId }: Identity): void => {
  if (moduleId?.startsWith('$'))
    throw new HubError('SystemModuleModifyUnauthorizedAccess', 'Unauthorized to modify reserved module.');
};
