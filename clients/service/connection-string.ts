import { type ConnectionString, readConnectionString } from '../shared/connection-string.ts';

/** Reads a service connection string; throws ArgumentError that names the missing part. */
export const parse = (source: string): ConnectionString =>
  readConnectionString(source, ['HostName', 'SharedAccessKeyName', 'SharedAccessKey']);
