import { devicePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { RestApi } from '../shared/rest-api.ts';
import type { Configuration, ConfigurationContent } from './configuration.ts';
import { quoted } from './etag.ts';
import type { Row } from './row.ts';

/** The hub's automatic configurations. Operations throw at once for invalid arguments, as azure-iothub does. */
export const configurationsOf = (rest: RestApi) => ({
  add: (configuration: Configuration) => put(rest, configuration, {}),
  get: (id: string) => rest.call<Configuration>({ method: 'GET', path: pathOf(id) }),
  all: () => rest.call<Configuration[]>({ method: 'GET', path: `/configurations${versionQueryString()}` }),
  update: (configuration: Configuration, force: boolean) => {
    if (!configuration) throw new ReferenceError("Argument 'configuration' cannot be falsy");
    const etag = force ? '*' : configuration.etag;
    if (!etag) throw new ArgumentError('The ETag should be set while updating the Configuration.');
    return put(rest, configuration, { 'If-Match': quoted(etag) });
  },
  remove: (id: string) => rest.call<Row>({ method: 'DELETE', path: pathOf(id) }),
  applyOnDevice: (deviceId: string, content: ConfigurationContent) => {
    if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
    if (!content) throw new ReferenceError("Argument 'content' cannot be falsy");
    const path = `${devicePath(encodeURIComponent(deviceId))}/applyConfigurationContent${versionQueryString()}`;
    return rest.call<Row>({ method: 'POST', path, body: content });
  },
});

const put = (rest: RestApi, configuration: Configuration, headers: Readonly<Record<string, string>>) => {
  const body = checked(configuration);
  return rest.call<Row>({ method: 'PUT', path: pathOf(body.id), headers, body });
};

const checked = (configuration: Configuration): Configuration => {
  if (!configuration) throw new ReferenceError('configuration cannot be falsy');
  if (!configuration.id) throw new ArgumentError('configuration object is missing id property');
  configuration.schemaVersion ||= '1.0';
  return configuration;
};

const pathOf = (id: string): string => {
  if (!id) throw new ReferenceError("Argument 'configurationId' cannot be falsy");
  return `/configurations/${encodeURIComponent(id)}${versionQueryString()}`;
};
