import type { AuthenticationProvider } from '../../shared/authentication-provider.ts';
import { readConnectionString } from '../../shared/connection-string.ts';
import type { TransportCtor } from '../transport.ts';
import { SharedAccessKeyAuthenticationProvider } from './shared-access-key-provider.ts';
import { SharedAccessSignatureAuthenticationProvider } from './shared-access-signature-provider.ts';
import { X509AuthenticationProvider } from './x509-provider.ts';

/** The provider for the credentials in a device connection string: key, token or certificate. */
export const fromConnectionString = (text: string): AuthenticationProvider => {
  if (!text) throw new ReferenceError(`connStr is '${text}'`);
  const parts = readConnectionString(text);
  if (parts.SharedAccessKey) return SharedAccessKeyAuthenticationProvider.fromConnectionString(text);
  if (parts.SharedAccessSignature)
    return SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(parts.SharedAccessSignature);
  const { DeviceId } = readConnectionString(text, ['DeviceId']);
  return new X509AuthenticationProvider({
    host: parts.HostName,
    deviceId: DeviceId,
    moduleId: parts.ModuleId,
    gatewayHostName: parts.GatewayHostName,
  });
};

export const fromSharedAccessSignature = (token: string): AuthenticationProvider => {
  if (!token) throw new ReferenceError(`sharedAccessSignature is '${token}'`);
  return SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(token);
};

/** Throws ReferenceError if one of the two is missing. */
export const checkProvider = (provider: AuthenticationProvider, transportCtor: TransportCtor): void => {
  if (!provider) throw new ReferenceError(`authenticationMethod cannot be '${provider}'`);
  if (!transportCtor) throw new ReferenceError(`transportCtor cannot be '${transportCtor}'`);
};
