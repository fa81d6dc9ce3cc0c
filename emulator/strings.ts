import { formatConnectionString } from '../protocol/connection-string.ts';
import { HubError } from '../protocol/errors.ts';
import { type IdentityName, keyOf } from '../protocol/identity-key.ts';
import { areKnown, DEFAULT_PORTS, type Ports } from './addresses.ts';
import type { Policy } from './auth/policies.ts';
import type { Registry } from './hub/registry.ts';
import type { Options } from './options.ts';

/** What decides under which name a hub is found. */
export interface Naming {
  readonly ports: Ports;
  /** True if this process leads its connections to the hub by name. */
  readonly trust: boolean;
  /** Of a fork. */
  readonly name?: string | undefined;
}

/**
 * The hub's name in connection strings. SDKs append the ports themselves: where connections are led, a name holds the port
 * by which several emulators in one process are told apart; elsewhere the port stands behind it.
 */
export const hostNameOf = ({ hostname }: Pick<Options, 'hostname'>, { ports, trust, name }: Naming): string => {
  if (trust && !areKnown(ports)) return `p${ports.https}${name === undefined ? '' : `-${name}`}.hub.localhost`;
  const host = name === undefined ? hostname : `${name}.hub.localhost`;
  return ports.https === DEFAULT_PORTS.https ? host : `${host}:${ports.https}`;
};

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
