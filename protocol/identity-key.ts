import { LIMITS, type Limits } from './limits.ts';

/** `device` or `device/module`: ids contain no slash, so the text is unique. */
export type IdentityKey = string;

export interface IdentityName {
  readonly deviceId: string;
  readonly moduleId?: string | undefined;
}

export const keyOf = ({ deviceId, moduleId }: IdentityName): IdentityKey =>
  moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;

export const nameOf = (key: IdentityKey): IdentityName => {
  const slash = key.indexOf('/');
  return slash < 0 ? { deviceId: key } : { deviceId: key.slice(0, slash), moduleId: key.slice(slash + 1) };
};

/** `devices/{d}` or `devices/{d}/modules/{m}`: how topics, tokens and addresses name an identity. */
export const resourceOf = (key: IdentityKey): string => {
  const { deviceId, moduleId } = nameOf(key);
  return moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
};

/**
 * True for a valid device or module id: ASCII letters, digits and the marks that the identity registry lists.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
 */
export const isId = (text: string, { idLength }: Pick<Limits, 'idLength'> = LIMITS.azure): boolean =>
  text.length <= idLength && /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']+$/.test(text);
