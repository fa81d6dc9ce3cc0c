import type { JsonObject } from '../../../protocol/json.ts';
import { addDevices, newHub } from './hub.ts';

/** A configuration that sets `firmware` where `tags.environment` is test. */
export const firmware = (version: string, more: object = {}) => ({
  content: { deviceContent: { 'properties.desired.firmware': { fwVersion: version } } },
  targetCondition: "tags.environment='test'",
  ...more,
});

/** A hub with test devices d1, d2 and the live device d3. */
export const newWorld = (options: Parameters<typeof newHub>[0] = {}) => {
  const world = newHub(options);
  const { hub, clock } = world;
  addDevices(hub, { d1: { environment: 'test' }, d2: { environment: 'test' }, d3: { environment: 'live' } });
  const { configurations, twins } = hub;
  const desired = (key: string) => twins.get(key).twin.desired.values;
  const marks = (key: string) => twins.get(key).twin.configurations;
  /** Creates a configuration and lets it take effect. */
  const create = (id: string, body: JsonObject) => {
    configurations.put(id, body);
    clock.settle();
  };
  const results = (id: string) => configurations.render(configurations.get(id)).systemMetrics;
  return { ...world, configurations, twins, desired, marks, create, results };
};

export const applied = { status: 'Applied' };
export const targeted = { status: 'Targeted' };
