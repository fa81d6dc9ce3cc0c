import type { CollectionName, Path } from './ast.ts';
import { JOB_NAMES_MEANT, TWIN_NAMES_MEANT } from './dialect.ts';

/**
 * Names that the hub itself gives, known in any case and written back in this one.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twins
 */
const TWIN_NAMES =
  'deviceId moduleId etag deviceEtag status statusReason statusUpdateTime connectionState lastActivityTime ' +
  'cloudToDeviceMessageCount authenticationType x509Thumbprint modelId version tags properties capabilities ' +
  'configurations deviceScope parentScopes';

/** https://learn.microsoft.com/azure/iot-hub/query-jobs */
const JOB_NAMES =
  'deviceId jobId jobType status startTimeUtc endTimeUtc createdDateTimeUtc lastUpdatedDateTimeUtc outcome error';

/** Below these roots, one more name is the hub's. */
const INNER_NAMES: Readonly<Record<string, string>> = {
  properties: 'desired reported',
  x509Thumbprint: 'primaryThumbprint secondaryThumbprint',
  capabilities: 'iotEdge',
  outcome: 'deviceMethodResponse',
  error: 'code description',
};

/** The path with the hub's own names in the hub's own case; other names stay as they are. */
export const canonical = (from: CollectionName, path: Path): Path => {
  const [root = '', inner, ...rest] = path;
  const known = (from === 'devices.jobs' ? jobNames : twinNames).get(root.toLowerCase()) ?? root;
  if (inner === undefined) return [known];
  return [known, innerNames.get(known)?.get(inner.toLowerCase()) ?? inner, ...rest];
};

/** What an unnamed column is called: its last name, canonical, though a by-name such as `id` stays. */
export const columnName = (from: CollectionName, path: Path): string => {
  const byName = path[0]?.toLowerCase() ?? '';
  if (path.length === 1 && from !== 'devices.jobs' && Object.hasOwn(TWIN_NAMES_MEANT, byName)) return byName;
  return canonical(from, path).at(-1) ?? '';
};

const byLowerCase = (names: string, meant: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map([...names.split(' ').map((name) => [name.toLowerCase(), name] as const), ...Object.entries(meant)]);

const twinNames = byLowerCase(TWIN_NAMES, TWIN_NAMES_MEANT);
const jobNames = byLowerCase(JOB_NAMES, JOB_NAMES_MEANT);
const innerNames: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(INNER_NAMES).map(([root, names]) => [root, byLowerCase(names)] as const),
);
