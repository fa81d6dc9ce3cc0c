import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import { objectIn, pick } from '../kernel/json-members.ts';
import type { Seed, SeedIdentity } from './seed.ts';

/**
 * The file of `az iot hub state export`: devices by id, each with `identity`, `twin`, `parent` and `modules`.
 * https://github.com/Azure/azure-iot-cli-extension/blob/dev/azext_iot/iothub/providers/state.py
 */
export const isStateFile = (document: unknown): document is JsonObject =>
  isObject(document) &&
  (isObject(own(document, 'devices')) ||
    (isObject(own(document, 'configurations')) && own(document, 'devices') === undefined));

/** Reads such a file; its section about resources in Azure (`arm`) is skipped. */
export const readStateFile = (file: JsonObject): Seed => {
  const devices = Object.entries(objectIn(file, 'devices'));
  const configurations = objectIn(file, 'configurations');
  return {
    identities: devices.flatMap(([deviceId, device]) => (isObject(device) ? identitiesOf(deviceId, device) : [])),
    configurations: ['admConfigurations', 'edgeDeployments'].flatMap((group) =>
      Object.values(objectIn(configurations, group)).filter(isObject).map(withoutHubsOwn),
    ),
  };
};

/** The file for `az iot hub state import`, with keys. */
export const stateFileOf = ({ identities, configurations }: Seed): JsonObject => {
  const group = (isEdge: boolean): JsonObject =>
    Object.fromEntries(
      configurations
        .filter(({ content }) => isEdge === (isObject(content) && own(content, 'modulesContent') !== undefined))
        .map((one) => [String(one.id), { labels: {}, metrics: { queries: {} }, ...one }]),
    );
  const modulesOf = new Map<string, SeedIdentity[]>();
  for (const one of identities)
    if (one.name.moduleId !== undefined)
      modulesOf.set(one.name.deviceId, [...(modulesOf.get(one.name.deviceId) ?? []), one]);
  return {
    configurations: { admConfigurations: group(false), edgeDeployments: group(true) },
    devices: Object.fromEntries(
      identities
        .filter(({ name }) => name.moduleId === undefined)
        .map((device) => [device.name.deviceId, stateOf(device, modulesOf.get(device.name.deviceId) ?? [])]),
    ),
  };
};

const identitiesOf = (deviceId: string, device: JsonObject): SeedIdentity[] => {
  const parent = own(device, 'parent');
  return [
    { ...seedIdentityOf(device), name: { deviceId }, ...(typeof parent === 'string' ? { parent } : {}) },
    ...Object.entries(objectIn(device, 'modules')).map(([moduleId, module]) => ({
      ...seedIdentityOf(isObject(module) ? module : {}),
      name: { deviceId, moduleId },
    })),
  ];
};

const seedIdentityOf = (document: JsonObject): Omit<SeedIdentity, 'name'> => {
  const identity = objectIn(document, 'identity');
  const twin = objectIn(document, 'twin');
  const properties = objectIn(twin, 'properties');
  const [tags, desired, modelId] = [own(twin, 'tags'), own(properties, 'desired'), own(identity, 'modelId')];
  return {
    identity: pick(identity, ['status', 'statusReason', 'authentication', 'capabilities', 'managedBy']),
    ...(isObject(tags) ? { tags } : {}),
    ...(isObject(desired) && Object.keys(desired).length > 0 ? { desired } : {}),
    ...(typeof modelId === 'string' && modelId !== '' ? { modelId } : {}),
  };
};

const stateOf = (device: SeedIdentity, modules: readonly SeedIdentity[]): JsonObject => ({
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

/** The CLI expects each of these members. */
const identityOf = ({ identity }: SeedIdentity): JsonObject => {
  const { authentication } = identity;
  const symmetricKey = { primaryKey: null, secondaryKey: null };
  const x509Thumbprint = { primaryThumbprint: null, secondaryThumbprint: null };
  const full = { type: 'sas', symmetricKey, x509Thumbprint, ...(isObject(authentication) ? authentication : {}) };
  return { status: 'enabled', connectionState: 'Disconnected', ...identity, authentication: full };
};

const twinOf = ({ tags, desired = {} }: SeedIdentity): JsonObject => ({
  properties: { desired },
  ...(tags === undefined ? {} : { tags }),
});

/** Without what each hub makes up itself. */
const withoutHubsOwn = (configuration: JsonObject): JsonObject => {
  const { createdTimeUtc: _, lastUpdatedTimeUtc: __, etag: ___, schemaVersion: ____, ...rest } = configuration;
  return rest;
};
