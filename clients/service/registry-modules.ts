import { type HttpResponseCallback, settleHttp } from '../shared/callback.ts';
import { devicePath, modulePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import { withAuthentication } from './authentication.ts';
import { quoted } from './etag.ts';
import type { Module } from './module.ts';
import type { Row } from './query.ts';
import { RegistryConfigurations } from './registry-configurations.ts';

/** The modules of devices. */
export class RegistryModules extends RegistryConfigurations {
  addModule(module: Module, done: HttpResponseCallback<Row>): void;
  addModule(module: Module): Promise<ResultWithHttpResponse<Row>>;
  addModule(module: Module, done?: HttpResponseCallback<Row>) {
    return settleHttp(() => this.#put(checked(module), {}), done);
  }

  getModulesOnDevice(deviceId: string, done: HttpResponseCallback<Module[]>): void;
  getModulesOnDevice(deviceId: string): Promise<ResultWithHttpResponse<Module[]>>;
  getModulesOnDevice(deviceId: string, done?: HttpResponseCallback<Module[]>) {
    return settleHttp(() => {
      if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
      const path = `${devicePath(encodeURIComponent(deviceId))}/modules${versionQueryString()}`;
      return this.rest.call<Module[]>({ method: 'GET', path });
    }, done);
  }

  getModule(deviceId: string, moduleId: string, done: HttpResponseCallback<Module>): void;
  getModule(deviceId: string, moduleId: string): Promise<ResultWithHttpResponse<Module>>;
  getModule(deviceId: string, moduleId: string, done?: HttpResponseCallback<Module>) {
    return settleHttp(() => this.rest.call<Module>({ method: 'GET', path: pathOf(deviceId, moduleId) }), done);
  }

  /** Needs the module's etag, or `forceUpdate`; else throws ArgumentError. */
  updateModule(module: Module, done: HttpResponseCallback<Row>): void;
  updateModule(module: Module, forceUpdate: boolean, done: HttpResponseCallback<Row>): void;
  updateModule(module: Module, forceUpdate?: boolean): Promise<ResultWithHttpResponse<Row>>;
  updateModule(module: Module, second?: boolean | HttpResponseCallback<Row>, third?: HttpResponseCallback<Row>) {
    const [force, done] = typeof second === 'function' ? [false, second] : [second ?? false, third];
    return settleHttp(() => {
      const etag = force ? '*' : checked(module).etag;
      if (!etag) throw new ArgumentError('The ETag should be set while updating the Module.');
      return this.#put(checked(module), { 'If-Match': quoted(etag) });
    }, done);
  }

  /** A module object is removed only if its etag is the current one; ids alone remove whatever there is. */
  removeModule(module: Module, done: HttpResponseCallback<Row>): void;
  removeModule(deviceId: string, moduleId: string, done: HttpResponseCallback<Row>): void;
  removeModule(module: Module | string, moduleId?: string): Promise<ResultWithHttpResponse<Row>>;
  removeModule(
    module: Module | string,
    second?: string | HttpResponseCallback<Row>,
    third?: HttpResponseCallback<Row>,
  ) {
    const done = typeof second === 'function' ? second : third;
    return settleHttp(() => {
      const { deviceId, moduleId, etag } =
        typeof module === 'object' && module !== null
          ? module
          : { deviceId: module, moduleId: typeof second === 'string' ? second : '', etag: undefined };
      const headers = { 'If-Match': quoted(etag || '*') };
      return this.rest.call<Row>({ method: 'DELETE', path: pathOf(deviceId, moduleId), headers });
    }, done);
  }

  #put(module: Module, headers: Readonly<Record<string, string>>) {
    const path = pathOf(module.deviceId, module.moduleId);
    return this.rest.call<Row>({ method: 'PUT', path, headers, body: withAuthentication(module) });
  }
}

const checked = (module: Module): Module => {
  if (!module) throw new ReferenceError("Argument 'module' cannot be falsy");
  if (!module.deviceId) throw new ArgumentError('deviceId property is missing from module object');
  if (!module.moduleId) throw new ArgumentError('moduleId property is missing from module object');
  return module;
};

const pathOf = (deviceId: string, moduleId: string): string => {
  if (!deviceId) throw new ReferenceError("'deviceId' cannot be falsy");
  if (!moduleId) throw new ReferenceError("'moduleId' cannot be falsy");
  return `${modulePath(encodeURIComponent(deviceId), encodeURIComponent(moduleId))}${versionQueryString()}`;
};
