import type { IncomingHttpHeaders } from 'node:http';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { decodeAgain } from '../http/target.ts';
import type { HubRoute } from './route.ts';

/**
 * The module that calls a method, as it names itself: `{deviceId}/{moduleId}`, which the SDK for Node encodes and others do not.
 * https://github.com/Azure/azure-iot-sdk-node/blob/main/device/core/src/module_client/method_client.ts
 */
export const callingModule = (
  { 'x-ms-edge-moduleid': name }: IncomingHttpHeaders,
  isKnown: (key: IdentityKey) => boolean,
): IdentityKey | undefined => {
  if (typeof name !== 'string') return undefined;
  if (isKnown(name)) return name;
  return name
    .split('/')
    .map((id) => decodeAgain(id, (other) => other !== id))
    .join('/');
};

/** UNCERTAIN: the SDK for Node sends no api-version with the calls of a module; the service may refuse that. */
export const needsNoVersion = ({ auth }: Pick<HubRoute, 'auth'>, headers: IncomingHttpHeaders): boolean =>
  auth.by === 'policy or module' && headers['x-ms-edge-moduleid'] !== undefined;
