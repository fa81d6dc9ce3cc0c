import { devicePath, modulePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { RestApi } from '../shared/rest-api.ts';
import { withAuthentication } from './authentication.ts';
import { quoted } from './etag.ts';
import type { Module } from './module.ts';
import type { Row } from './row.ts';

/** The modules of devices. Operations throw at once for invalid arguments, as azure-iothub does. */
export const modulesOf = (rest: RestApi) => ({
  add: (module: Module) => put(rest, checked(module), {}),
  onDevice: (deviceId: string) => rest.call<Module[]>({ method: 'GET', path: listPathOf(deviceId) }),
  get: (deviceId: string, moduleId: string) =>
    rest.call<Module>({ method: 'GET', path: pathOf({ deviceId, moduleId }) }),
  update: (module: Module, force: boolean) => {
    const etag = force ? '*' : checked(module).etag;
    if (!etag) throw new ArgumentError('The ETag should be set while updating the Module.');
    return put(rest, checked(module), { 'If-Match': quoted(etag) });
  },
  remove: (target: ModuleTarget) => {
    const headers = { 'If-Match': quoted(target.etag || '*') };
    return rest.call<Row>({ method: 'DELETE', path: pathOf(target), headers });
  },
});

/** A module by its ids; with an etag, only that version of it. */
export type ModuleTarget = Pick<Module, 'deviceId' | 'moduleId' | 'etag'>;

const put = (rest: RestApi, module: Module, headers: Readonly<Record<string, string>>) =>
  rest.call<Row>({ method: 'PUT', path: pathOf(module), headers, body: withAuthentication(module) });

const checked = (module: Module): Module => {
  if (!module) throw new ReferenceError("Argument 'module' cannot be falsy");
  if (!module.deviceId) throw new ArgumentError('deviceId property is missing from module object');
  if (!module.moduleId) throw new ArgumentError('moduleId property is missing from module object');
  return module;
};

const listPathOf = (deviceId: string): string => {
  if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
  return `${devicePath(encodeURIComponent(deviceId))}/modules${versionQueryString()}`;
};

const pathOf = ({ deviceId, moduleId }: ModuleTarget): string => {
  if (!deviceId) throw new ReferenceError("'deviceId' cannot be falsy");
  if (!moduleId) throw new ReferenceError("'moduleId' cannot be falsy");
  return `${modulePath(encodeURIComponent(deviceId), encodeURIComponent(moduleId))}${versionQueryString()}`;
};
