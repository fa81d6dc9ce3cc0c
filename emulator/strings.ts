import { formatConnectionString } from '../protocol/connection-string.ts';
import { HubError } from '../protocol/errors.ts';
import { type IdentityName, keyOf } from '../protocol/identity-key.ts';
import type { Policy } from './auth/policies.ts';
import type { Registry } from './hub/registry.ts';

const HTTPS = 443;

/** The hub's name in connection strings: with the port where it is not the one that every client knows. */
export const hostNameWith = (hostname: string, port: number): string =>
  port === HTTPS ? hostname : `${hostname}:${port}`;

/** A name that holds the port for SDKs which append one themselves; led to it by the preload, covered by the certificate. */
export const hostNameFor = (port: number): string => `p${port}.hub.localhost`;

/** Throws a RangeError that lists the policies there are. */
export const serviceString = (
  hostName: string,
  policies: ReadonlyMap<string, Policy>,
  name: string = 'iothubowner',
): string => {
  const policy = policies.get(name);
  if (policy === undefined)
    throw new RangeError(`There is no policy ${name}; there are ${[...policies.keys()].join(', ')}`);
  return formatConnectionString({
    HostName: hostName,
    SharedAccessKeyName: policy.name,
    SharedAccessKey: policy.primaryKey,
  });
};

/** The string of a device or module with its primary key, or of one that has a certificate. Throws DeviceNotFound, ModuleNotFound. */
export const identityString = (hostName: string, registry: Registry, name: IdentityName): string => {
  const { authentication } = registry.get(keyOf(name)).identity;
  const who = {
    HostName: hostName,
    DeviceId: name.deviceId,
    ...(name.moduleId === undefined ? {} : { ModuleId: name.moduleId }),
  };
  if (authentication.type === 'selfSigned' || authentication.type === 'certificateAuthority')
    return formatConnectionString({ ...who, x509: 'true' });
  if (authentication.primaryKey === null)
    throw new HubError('InvalidOperation', `${keyOf(name)} has no key: it authenticates by ${authentication.type}`);
  return formatConnectionString({ ...who, SharedAccessKey: authentication.primaryKey });
};
