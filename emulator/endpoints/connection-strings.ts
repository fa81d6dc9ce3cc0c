import { formatConnectionString, parseConnectionString } from '../../protocol/connection-string.ts';
import { HubError } from '../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../protocol/identity-key.ts';
import type { Policy } from '../auth/policies.ts';
import type { Registry } from '../hub/registry/registry.ts';

/** The connection string of a shared access policy. Throws a RangeError that lists the known policies. */
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

/**
 * The connection string of an event hub, for clients of Event Hubs. `hostName`: with the port of AMQP, unless it is the usual
 * one. Throws a RangeError that lists the known policies.
 */
export const eventHubString = (hostName: string, policies: ReadonlyMap<string, Policy>, eventHub: string): string => {
  const { SharedAccessKeyName, SharedAccessKey } = parseConnectionString(serviceString(hostName, policies));
  return `Endpoint=sb://${hostName}/;SharedAccessKeyName=${SharedAccessKeyName};SharedAccessKey=${SharedAccessKey};EntityPath=${eventHub}`;
};

/**
 * The same without TLS, for this machine only: SDKs of Event Hubs take it for their development emulator. Throws a RangeError
 * if the port is not open.
 */
export const plainEventHubString = (
  port: number | undefined,
  policies: ReadonlyMap<string, Policy>,
  eventHub: string,
): string => {
  if (port === undefined)
    throw new RangeError('AMQP without TLS is not open on this hub: start the emulator with --amqp-plain-port 5672');
  return `${eventHubString(`localhost:${port}`, policies, eventHub)};UseDevelopmentEmulator=true`;
};

/** The connection string of a device or module, with its primary key or for its certificate. Throws DeviceNotFound, ModuleNotFound. */
export const identityString = (hostName: string, registry: Registry, name: IdentityName): string => {
  const { authentication } = registry.get(keyOf(name)).identity;
  const names = {
    HostName: hostName,
    DeviceId: name.deviceId,
    ...(name.moduleId === undefined ? {} : { ModuleId: name.moduleId }),
  };
  if (authentication.type === 'selfSigned' || authentication.type === 'certificateAuthority')
    return formatConnectionString({ ...names, x509: 'true' });
  if (authentication.primaryKey === null)
    throw new HubError('InvalidOperation', `${keyOf(name)} has no key: it authenticates by ${authentication.type}`);
  return formatConnectionString({ ...names, SharedAccessKey: authentication.primaryKey });
};
