import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import { pick } from './harvest.ts';
import type { Plant, Seed } from './seed.ts';

/**
 * The file of `az iot hub state export`: devices by id, each with `identity`, `twin`, `parent` and `modules`.
 * https://github.com/Azure/azure-iot-cli-extension/blob/dev/azext_iot/iothub/providers/state.py
 */
export const isStateFile = (document: unknown): document is JsonObject =>
  isObject(document) &&
  (isObject(own(document, 'devices')) ||
    (isObject(own(document, 'configurations')) && own(document, 'devices') === undefined));

/** Reads such a file; what it says of the hub's own resources (`arm`) is passed over. */
export const readStateFile = (file: JsonObject): Seed => {
  const devices = Object.entries(member(file, 'devices'));
  const configurations = member(file, 'configurations');
  return {
    plants: devices.flatMap(([deviceId, device]) => (isObject(device) ? plantsOf(deviceId, device) : [])),
    configurations: ['admConfigurations', 'edgeDeployments'].flatMap((group) =>
      Object.values(member(configurations, group)).filter(isObject).map(withoutHubsOwn),
    ),
  };
};

/** What `az iot hub state import` takes, keys and all. */
export const stateFileOf = ({ plants, configurations }: Seed): JsonObject => {
  const group = (isEdge: boolean): JsonObject =>
    Object.fromEntries(
      configurations
        .filter(({ content }) => isEdge === (isObject(content) && own(content, 'modulesContent') !== undefined))
        .map((one) => [String(one.id), { labels: {}, metrics: { queries: {} }, ...one }]),
    );
  const modulesOf = new Map<string, Plant[]>();
  for (const one of plants)
    if (one.name.moduleId !== undefined)
      modulesOf.set(one.name.deviceId, [...(modulesOf.get(one.name.deviceId) ?? []), one]);
  return {
    configurations: { admConfigurations: group(false), edgeDeployments: group(true) },
    devices: Object.fromEntries(
      plants
        .filter(({ name }) => name.moduleId === undefined)
        .map((device) => [device.name.deviceId, stateOf(device, modulesOf.get(device.name.deviceId) ?? [])]),
    ),
  };
};

const plantsOf = (deviceId: string, device: JsonObject): Plant[] => {
  const parent = own(device, 'parent');
  return [
    { ...plantOf(device), name: { deviceId }, ...(typeof parent === 'string' ? { parent } : {}) },
    ...Object.entries(member(device, 'modules')).map(([moduleId, module]) => ({
      ...plantOf(isObject(module) ? module : {}),
      name: { deviceId, moduleId },
    })),
  ];
};

const plantOf = (document: JsonObject): Omit<Plant, 'name'> => {
  const identity = member(document, 'identity');
  const twin = member(document, 'twin');
  const properties = member(twin, 'properties');
  const [tags, desired, modelId] = [own(twin, 'tags'), own(properties, 'desired'), own(identity, 'modelId')];
  return {
    identity: pick(identity, ['status', 'statusReason', 'authentication', 'capabilities', 'managedBy']),
    ...(isObject(tags) ? { tags } : {}),
    ...(isObject(desired) && Object.keys(desired).length > 0 ? { desired } : {}),
    ...(typeof modelId === 'string' && modelId !== '' ? { modelId } : {}),
  };
};

const stateOf = (device: Plant, modules: readonly Plant[]): JsonObject => ({
  ...(device.parent === undefined ? {} : { parent: device.parent }),
  identity: { ...identityOf(device), modelId: device.modelId ?? '' },
  twin: twinOf(device),
  ...(modules.length === 0
    ? {}
    : {
        modules: Object.fromEntries(
          modules.map((module) => [
            module.name.moduleId ?? '',
            { identity: identityOf(module), twin: { modelId: module.modelId ?? '', ...twinOf(module) } },
          ]),
        ),
      }),
});

/** The CLI looks at members without asking whether they are there. */
const identityOf = ({ identity }: Plant): JsonObject => {
  const { authentication } = identity;
  const symmetricKey = { primaryKey: null, secondaryKey: null };
  const x509Thumbprint = { primaryThumbprint: null, secondaryThumbprint: null };
  const full = { type: 'sas', symmetricKey, x509Thumbprint, ...(isObject(authentication) ? authentication : {}) };
  return { status: 'enabled', connectionState: 'Disconnected', ...identity, authentication: full };
};

const twinOf = ({ tags, desired = {} }: Plant): JsonObject => ({
  properties: { desired },
  ...(tags === undefined ? {} : { tags }),
});

/** What a hub makes up itself. */
const withoutHubsOwn = (configuration: JsonObject): JsonObject => {
  const { createdTimeUtc: _, lastUpdatedTimeUtc: __, etag: ___, schemaVersion: ____, ...rest } = configuration;
  return rest;
};

const member = (object: JsonObject, name: string): JsonObject => {
  const value = own(object, name);
  return isObject(value) ? value : {};
};
