import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Hub } from '../hub/hub.ts';
import { type Member, renderIdentity } from '../hub/member.ts';
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
export const stateFileOf = (hub: Hub): JsonObject => {
  const configurations = hub.configurations.list().map((one) => hub.configurations.render(one));
  const group = (isEdge: boolean): JsonObject =>
    Object.fromEntries(
      configurations
        .filter(({ content }) => isObject(content) && (own(content, 'modulesContent') !== undefined) === isEdge)
        .map((one) => [String(one.id), isEdge ? one : withoutHubsOwn(one)]),
    );
  return {
    configurations: { admConfigurations: group(false), edgeDeployments: group(true) },
    devices: Object.fromEntries([...hub.fleet.devices.rows()].map((device) => [device.key, stateOf(hub, device)])),
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

const stateOf = (hub: Hub, device: Member): JsonObject => {
  const modules = hub.registry.modules(device.key);
  const parent = parentOf(hub, device);
  return {
    ...(parent === undefined ? {} : { parent }),
    twin: twinOf(device),
    identity: {
      ...pick(renderIdentity(device), ['status', 'statusReason', 'authentication', 'capabilities']),
      connectionState: 'Disconnected',
      modelId: device.twin.modelId,
    },
    ...(modules.length === 0
      ? {}
      : {
          modules: Object.fromEntries(
            modules.map((module) => [
              String(module.identity.moduleId),
              {
                identity: {
                  ...pick(renderIdentity(module), ['authentication']),
                  managedBy: module.identity.managedBy,
                  connectionState: 'Disconnected',
                },
                twin: twinOf(module),
              },
            ]),
          ),
        }),
  };
};

const twinOf = ({ twin }: Member): JsonObject => ({
  properties: { desired: twin.desired.values },
  ...(twin.tags === undefined || Object.keys(twin.tags).length === 0 ? {} : { tags: twin.tags }),
});

const parentOf = (hub: Hub, { identity }: Member): string | undefined => {
  const [scope] = identity.iotEdge ? (identity.parentScopes ?? []) : [identity.deviceScope];
  if (scope === undefined) return undefined;
  for (const { identity: other } of hub.fleet.devices.rows())
    if (other.iotEdge && other.deviceScope === scope) return other.deviceId;
  return undefined;
};

/** What a hub makes up itself. */
const withoutHubsOwn = (configuration: JsonObject): JsonObject => {
  const { createdTimeUtc: _, lastUpdatedTimeUtc: __, etag: ___, schemaVersion: ____, ...rest } = configuration;
  return rest;
};

const member = (object: JsonObject, name: string): JsonObject => {
  const value = own(object, name);
  return isObject(value) ? value : {};
};

const pick = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = own(object, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
