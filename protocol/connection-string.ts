/** The parts of a connection string, under their names in it. */
export interface ConnectionString {
  readonly HostName: string;
  readonly GatewayHostName?: string;
  readonly SharedAccessKeyName?: string;
  readonly SharedAccessKey?: string;
  readonly SharedAccessSignature?: string;
  readonly DeviceId?: string;
  readonly ModuleId?: string;
  readonly x509?: string;
}

const NAMES = [
  'HostName',
  'GatewayHostName',
  'SharedAccessKeyName',
  'SharedAccessKey',
  'SharedAccessSignature',
  'DeviceId',
  'ModuleId',
  'x509',
] as const satisfies readonly (keyof ConnectionString)[];

/**
 * Reads `HostName=…;…`; unknown parts are ignored, as azure-iot-common does.
 * Throws an Error that names the missing part.
 */
export const parseConnectionString = (text: string): ConnectionString => {
  const found = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    const name = NAMES.find((known) => known.toLowerCase() === part.slice(0, at).trim().toLowerCase());
    if (at > 0 && name !== undefined) found.set(name, part.slice(at + 1).trim());
  }
  const HostName = found.get('HostName');
  if (!HostName) throw new Error('The connection string is missing the property: HostName');
  return { HostName, ...Object.fromEntries(found) };
};

/** Writes the parts in the order of the Azure portal. */
export const formatConnectionString = (parts: ConnectionString): string =>
  (
    [
      'HostName',
      'DeviceId',
      'ModuleId',
      'SharedAccessKeyName',
      'SharedAccessKey',
      'SharedAccessSignature',
      'x509',
      'GatewayHostName',
    ] as const
  )
    .flatMap((name) => (parts[name] === undefined ? [] : [`${name}=${parts[name]}`]))
    .join(';');
