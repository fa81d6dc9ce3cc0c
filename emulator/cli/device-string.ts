import { formatConnectionString } from '../../protocol/connection-string.ts';
import { EXIT, Failure } from './context.ts';
import type { Device } from './device-document.ts';
import type { Login } from './login.ts';

/** The connection string of a device. Throws a Failure if the device has no key. */
export const deviceString = ({ deviceId, authentication }: Device, { parts }: Login): string => {
  const names = { HostName: parts.HostName, DeviceId: deviceId };
  const { type, symmetricKey } = authentication ?? {};
  if (type === 'selfSigned' || type === 'certificateAuthority')
    return formatConnectionString({ ...names, x509: 'true' });
  const key = symmetricKey?.primaryKey;
  if (!key) throw new Failure(EXIT.failed, `${deviceId} has no key, or this policy may not read it`);
  return formatConnectionString({ ...names, SharedAccessKey: key });
};
