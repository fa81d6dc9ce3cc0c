import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Hub } from '../hub/hub.ts';
import { type Member, renderIdentity } from '../hub/member.ts';
import type { Plant, Seed } from './seed.ts';

/** The hub as a seed: identities with their keys, twins without dates and counters, configurations. */
export const harvest = (hub: Hub): Seed => {
  const scopes = new Map<string, string>();
  for (const { identity } of hub.fleet.devices.rows())
    if (identity.iotEdge && identity.deviceScope !== undefined) scopes.set(identity.deviceScope, identity.deviceId);
  return {
    plants: [...hub.fleet.devices.rows(), ...hub.fleet.modules.rows()].map((member) => plantOf(member, scopes)),
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
  };
};

const plantOf = (member: Member, scopes: ReadonlyMap<string, string>): Plant => {
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

/** Metrics are queries here, not what they found. */
const withoutResults = (configuration: JsonObject): JsonObject => {
  const metrics = own(configuration, 'metrics');
  return isObject(metrics) ? { ...configuration, metrics: pick(metrics, ['queries']) } : configuration;
};

/** The members of `names` that are there and not null. */
export const pick = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = own(object, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
