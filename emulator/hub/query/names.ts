import type { CollectionName, Path } from './ast.ts';
import { JOB_NAME_ALIASES, TWIN_NAME_ALIASES } from './dialect.ts';

/**
 * The hub's own property names: accepted in any case, written in this one.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twins
 */
const TWIN_NAMES =
  'deviceId moduleId etag deviceEtag status statusReason statusUpdateTime connectionState lastActivityTime ' +
  'cloudToDeviceMessageCount authenticationType x509Thumbprint modelId version tags properties capabilities ' +
  'configurations deviceScope parentScopes';

/** https://learn.microsoft.com/azure/iot-hub/query-jobs */
const JOB_NAMES =
  'deviceId jobId jobType status startTimeUtc endTimeUtc createdDateTimeUtc lastUpdatedDateTimeUtc outcome error';

/** Below these properties, the next name is the hub's own, too. */
const INNER_NAMES: Readonly<Record<string, string>> = {
  properties: 'desired reported',
  x509Thumbprint: 'primaryThumbprint secondaryThumbprint',
  capabilities: 'iotEdge',
  outcome: 'deviceMethodResponse',
  error: 'code description',
};

/** The path with the hub's own names in the hub's case; other names stay as they are. */
export const canonical = (from: CollectionName, path: Path): Path => {
  const [root = '', inner, ...rest] = path;
  const known = (from === 'devices.jobs' ? jobNames : twinNames).get(root.toLowerCase()) ?? root;
  if (inner === undefined) return [known];
  return [known, innerNames.get(known)?.get(inner.toLowerCase()) ?? inner, ...rest];
};

/** The name of a column without an alias: the last name of its path, in the hub's case. `id` and the like stay. */
export const columnName = (from: CollectionName, path: Path): string => {
  const alias = path[0]?.toLowerCase() ?? '';
  if (path.length === 1 && from !== 'devices.jobs' && Object.hasOwn(TWIN_NAME_ALIASES, alias)) return alias;
  return canonical(from, path).at(-1) ?? '';
};

const byLowerCase = (names: string, aliases: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map([...names.split(' ').map((name) => [name.toLowerCase(), name] as const), ...Object.entries(aliases)]);

const twinNames = byLowerCase(TWIN_NAMES, TWIN_NAME_ALIASES);
const jobNames = byLowerCase(JOB_NAMES, JOB_NAME_ALIASES);
const innerNames: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(INNER_NAMES).map(([root, names]) => [root, byLowerCase(names)] as const),
);
