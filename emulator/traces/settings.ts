import type { JsonObject } from '../../protocol/json.ts';
import type { OptionName, Options } from '../options.ts';

/** The options that decide what a hub does, without secrets. `randomSeed` is one: keys follow from it. */
const SETTINGS = [
  'hostname',
  'partitions',
  'consumerGroups',
  'index',
  'rollout',
  'feedbackInterval',
  'tier',
  'history',
  'faults',
] as const satisfies readonly OptionName[];

export const settingsOf = (options: Options): JsonObject =>
  JSON.parse(JSON.stringify(Object.fromEntries(SETTINGS.map((name) => [name, options[name]]))));
