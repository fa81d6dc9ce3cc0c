import { type HttpResponseCallback, settleHttp } from '../shared/callback.ts';
import { devicePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Configuration, ConfigurationContent } from './configuration.ts';
import { quoted } from './etag.ts';
import type { Row } from './query.ts';
import { RegistryJobs } from './registry-jobs.ts';

/** The hub's automatic configurations. */
export class RegistryConfigurations extends RegistryJobs {
  addConfiguration(configuration: Configuration, done: HttpResponseCallback<Row>): void;
  addConfiguration(configuration: Configuration): Promise<ResultWithHttpResponse<Row>>;
  addConfiguration(configuration: Configuration, done?: HttpResponseCallback<Row>) {
    return settleHttp(() => this.#put(checked(configuration), {}), done);
  }

  getConfiguration(configurationId: string, done: HttpResponseCallback<Configuration>): void;
  getConfiguration(configurationId: string): Promise<ResultWithHttpResponse<Configuration>>;
  getConfiguration(configurationId: string, done?: HttpResponseCallback<Configuration>) {
    return settleHttp(() => this.rest.call<Configuration>({ method: 'GET', path: pathOf(configurationId) }), done);
  }

  getConfigurations(done: HttpResponseCallback<Configuration[]>): void;
  getConfigurations(): Promise<ResultWithHttpResponse<Configuration[]>>;
  getConfigurations(done?: HttpResponseCallback<Configuration[]>) {
    const path = `/configurations${versionQueryString()}`;
    return settleHttp(() => this.rest.call<Configuration[]>({ method: 'GET', path }), done);
  }

  /** Needs the configuration's etag, or `forceUpdate`; else throws ArgumentError. */
  updateConfiguration(configuration: Configuration, done: HttpResponseCallback<Row>): void;
  updateConfiguration(configuration: Configuration, forceUpdate: boolean, done: HttpResponseCallback<Row>): void;
  updateConfiguration(configuration: Configuration, forceUpdate?: boolean): Promise<ResultWithHttpResponse<Row>>;
  updateConfiguration(
    configuration: Configuration,
    second?: boolean | HttpResponseCallback<Row>,
    third?: HttpResponseCallback<Row>,
  ) {
    const [force, done] = typeof second === 'function' ? [false, second] : [second ?? false, third];
    return settleHttp(() => {
      if (!configuration) throw new ReferenceError("Argument 'configuration' cannot be falsy");
      const etag = force ? '*' : configuration.etag;
      if (!etag) throw new ArgumentError('The ETag should be set while updating the Configuration.');
      return this.#put(checked(configuration), { 'If-Match': quoted(etag) });
    }, done);
  }

  removeConfiguration(configurationId: string, done: HttpResponseCallback<Row>): void;
  removeConfiguration(configurationId: string): Promise<ResultWithHttpResponse<Row>>;
  removeConfiguration(configurationId: string, done?: HttpResponseCallback<Row>) {
    return settleHttp(() => this.rest.call<Row>({ method: 'DELETE', path: pathOf(configurationId) }), done);
  }

  applyConfigurationContentOnDevice(
    deviceId: string,
    content: ConfigurationContent,
    done: HttpResponseCallback<Row>,
  ): void;
  applyConfigurationContentOnDevice(
    deviceId: string,
    content: ConfigurationContent,
  ): Promise<ResultWithHttpResponse<Row>>;
  applyConfigurationContentOnDevice(deviceId: string, content: ConfigurationContent, done?: HttpResponseCallback<Row>) {
    return settleHttp(() => {
      if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
      if (!content) throw new ReferenceError("Argument 'content' cannot be falsy");
      const path = `${devicePath(encodeURIComponent(deviceId))}/applyConfigurationContent${versionQueryString()}`;
      return this.rest.call<Row>({ method: 'POST', path, body: content });
    }, done);
  }

  #put(configuration: Configuration, headers: Readonly<Record<string, string>>) {
    return this.rest.call<Row>({ method: 'PUT', path: pathOf(configuration.id), headers, body: configuration });
  }
}

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
