import { type ConnectionString, readConnectionString } from '../shared/connection-string.ts';
import { ArgumentError } from '../shared/errors.ts';

/** Reads a device connection string; throws ArgumentError unless it has exactly one kind of credentials. */
export const parse = (source: string): ConnectionString => {
  const parts = readConnectionString(source, ['HostName', 'DeviceId']);
  const kinds = [
    ['SharedAccessKey', parts.SharedAccessKey],
    ['SharedAccessSignature', parts.SharedAccessSignature],
    ['x509=true', parts.x509],
  ] as const;
  const found = kinds.filter(([, value]) => value).map(([name]) => name);
  if (found.length === 0)
    throw new ArgumentError(
      'The connection string must contain either a SharedAccessKey, SharedAccessSignature or x509=true',
    );
  if (found.length > 1) throw new ArgumentError(`The connection string must contain either a ${found.join(' or ')}`);
  return parts;
};

/** Throws ReferenceError if an argument is missing. */
export const createWithSharedAccessKey = (hostName: string, deviceId: string, symmetricKey: string): string => {
  check({ hostName, deviceId, symmetricKey });
  return `HostName=${hostName};DeviceId=${deviceId};SharedAccessKey=${symmetricKey}`;
};

/** Throws ReferenceError if an argument is missing. */
export const createWithX509Certificate = (hostName: string, deviceId: string): string => {
  check({ hostName, deviceId });
  return `HostName=${hostName};DeviceId=${deviceId};x509=true`;
};

const check = (named: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(named))
    if (!value) throw new ReferenceError(`${name} cannot be '${value}'`);
};
