import { ArgumentError } from '../shared/errors.ts';

/** The parts of any connection string, including parts that are unknown here. */
export class ConnectionString {
  declare HostName?: string;
  declare DeviceId?: string;
  declare ModuleId?: string;
  declare SharedAccessKey?: string;
  declare SharedAccessKeyName?: string;
  declare GatewayHostName?: string;
  declare SharedAccessSignature?: string;
  declare x509?: string;

  /** The last part with a name wins; parts without a value are ignored. Throws ArgumentError if a required part is missing. */
  static parse(source: string, requiredFields: readonly string[] = []): ConnectionString {
    const parts = Object.assign(new ConnectionString(), Object.fromEntries(String(source).split(';').flatMap(pairOf)));
    for (const name of requiredFields)
      if (!Object.hasOwn(parts, name))
        throw new ArgumentError(`The connection string is missing the property: ${name}`);
    return parts;
  }
}

const pairOf = (part: string): [string, string][] => {
  const at = part.indexOf('=');
  return at > 0 && at < part.length - 1 ? [[part.slice(0, at), part.slice(at + 1)]] : [];
};
