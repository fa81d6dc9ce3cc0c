import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import type { Member } from '../hub/fleet/member.ts';
import type { Hub } from '../hub/hub.ts';
import { renderIdentity } from '../hub/registry/identity-document.ts';
import { pick } from '../kernel/json-members.ts';
import type { Seed, SeedIdentity } from './seed.ts';

/** The hub as a seed: identities with their keys, twins without dates and counters, configurations. */
export const exportSeed = (hub: Hub): Seed => {
  const scopes = new Map<string, string>();
  for (const { identity } of hub.fleet.devices.rows())
    if (identity.iotEdge && identity.deviceScope !== undefined) scopes.set(identity.deviceScope, identity.deviceId);
  return {
    identities: [...hub.fleet.devices.rows(), ...hub.fleet.modules.rows()].map((member) =>
      seedIdentityOf(member, scopes),
    ),
    configurations: hub.configurations
      .list()
      .map((one) =>
        pick(hub.configurations.render(one), [
          'id',
          'labels',
          'content',
          'contentType',
          'targetCondition',
          'priority',
          'metrics',
        ]),
      )
      .map(withoutResults),
    ...(hub.router.isDefault ? {} : { routing: withoutEmpty(hub.router.routing) }),
  };
};

const seedIdentityOf = (member: Member, scopes: ReadonlyMap<string, string>): SeedIdentity => {
  const { identity, twin } = member;
  const { deviceId, moduleId, iotEdge, deviceScope, parentScopes = [] } = identity;
  const [scope] = iotEdge ? parentScopes : [deviceScope];
  const parent = scope === undefined || moduleId !== undefined ? undefined : scopes.get(scope);
  return {
    name: moduleId === undefined ? { deviceId } : { deviceId, moduleId },
    identity: pick(renderIdentity(member), ['status', 'statusReason', 'authentication', 'capabilities', 'managedBy']),
    ...filled('tags', twin.tags),
    ...filled('desired', twin.desired.values),
    ...filled('reported', twin.reported.values),
    ...(twin.modelId === '' ? {} : { modelId: twin.modelId }),
    ...(parent === undefined ? {} : { parent }),
  };
};

const filled = <N extends string>(name: N, values: JsonObject | undefined): { [K in N]?: JsonObject } => {
  if (values === undefined || Object.keys(values).length === 0) return {};
  const found: { [K in N]?: JsonObject } = {};
  found[name] = values;
  return found;
};

/** The routing without the lists that are empty. */
const withoutEmpty = (value: object): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (item === undefined || (Array.isArray(item) && item.length === 0)) return [];
      return [[name, name === 'endpoints' ? withoutEmpty(item) : item]];
    }),
  );

/** A seed has the queries of metrics, not their results. */
const withoutResults = (configuration: JsonObject): JsonObject => {
  const metrics = own(configuration, 'metrics');
  return isObject(metrics) ? { ...configuration, metrics: pick(metrics, ['queries']) } : configuration;
};
