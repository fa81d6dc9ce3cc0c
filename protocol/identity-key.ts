/** `device` or `device/module`: ids hold no slash, so the text is unique. */
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

/**
 * 1 to 128 ASCII letters, digits and the marks that the identity registry lists.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
 */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/.test(text);
