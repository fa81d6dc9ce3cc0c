import type { Member } from './fleet/member.ts';
import { type DeviceJob, renderDeviceJob, writeDeviceJob } from './jobs/device-job.ts';
import type { Path, Value } from './query/ast.ts';
import type { Collection, Rows } from './query/collection.ts';
import type { Reader } from './query/evaluate.ts';
import { memberReader, type Root, readerBelow } from './query/members.ts';
import { type Place, prefetchOf } from './query/prefetch.ts';
import { type Section, twinEtag } from './twins/twin.ts';
import { renderSection, renderTwin } from './twins/twin-document.ts';

/** What queries can select from: devices, modules, and what each job did to each device. */
export interface Collections {
  readonly devices: Collection<Member>;
  readonly modules: Collection<Member>;
  readonly jobs: Collection<DeviceJob>;
}

/** The tables of twins, as queries see them. */
export interface TwinRows {
  readonly devices: Rows<Member>;
  readonly modules: Rows<Member>;
}

export const collectionsOf = ({ devices, modules }: TwinRows, jobs: Rows<DeviceJob>): Collections => ({
  devices: twins('devices', devices),
  modules: twins('devices.modules', modules),
  jobs: {
    name: 'devices.jobs',
    itemType: 'DeviceJob',
    table: jobs,
    reader: (path) => below((row) => renderDeviceJob(row), path),
    render: renderDeviceJob,
    write: writeDeviceJob,
  },
});

/** Reads a path of a twin document from the row, without making the document. */
export const twinReader = (path: Path): Reader<Member> => {
  const [root = '', ...rest] = path;
  if (root === 'properties') return propertiesReader(rest);
  if (root === 'tags' && rest.length > 0) return readerBelow(TAGS, rest);
  const read = Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
  return read === undefined ? nothing : below(read, rest);
};

const twins = (name: 'devices' | 'devices.modules', table: Rows<Member>): Collection<Member> => ({
  name,
  itemType: 'Twin',
  table,
  ...(name === 'devices' ? { key: ['deviceId'] } : {}),
  reader: twinReader,
  prefetch: (paths) => prefetchOf(paths.map(placeOf).filter((place) => place !== undefined)),
  render: renderTwin,
});

/** Where a row has a tag or a property; undefined for what else a document has, which is near the row. */
const placeOf = ([root, section = '', ...rest]: Path): Place | undefined => {
  if (root === 'tags') return { root: ['twin', 'tags'], path: [section, ...rest] };
  const isProperty = root === 'properties' && Object.hasOwn(SECTIONS, section) && rest[0]?.startsWith('$') === false;
  return isProperty ? { root: ['twin', section, 'values'], path: rest } : undefined;
};

const ROOTS: Readonly<Record<string, Reader<Member>>> = {
  deviceId: ({ identity }) => identity.deviceId,
  moduleId: ({ identity }) => identity.moduleId,
  etag: ({ twin }) => twinEtag(twin.etag),
  deviceEtag: ({ identity }) => identity.etag,
  status: ({ identity }) => identity.status,
  statusReason: ({ identity }) => identity.statusReason ?? undefined,
  statusUpdateTime: ({ identity }) => identity.statusUpdatedTime,
  connectionState: ({ presence }) => (presence.connected ? 'Connected' : 'Disconnected'),
  lastActivityTime: ({ presence }) => presence.activityTime,
  cloudToDeviceMessageCount: ({ pendingMessages }) => pendingMessages,
  authenticationType: ({ identity }) => identity.authentication.type,
  x509Thumbprint: ({ identity: { authentication } }) => ({
    primaryThumbprint: authentication.primaryThumbprint,
    secondaryThumbprint: authentication.secondaryThumbprint,
  }),
  modelId: ({ twin }) => twin.modelId,
  version: ({ twin }) => twin.version,
  tags: ({ twin }) => twin.tags,
  capabilities: ({ identity }) => (identity.moduleId === undefined ? { iotEdge: identity.iotEdge } : undefined),
  configurations: ({ twin }) => twin.configurations,
  deviceScope: ({ identity }) => identity.deviceScope,
  parentScopes: ({ identity }) => identity.parentScopes,
};

const propertiesReader = ([name, ...rest]: Path): Reader<Member> => {
  switch (name) {
    case undefined:
      return ({ twin }) => ({ desired: renderSection(twin.desired), reported: renderSection(twin.reported) });
    case 'desired':
    case 'reported':
      return sectionReader(name, rest);
    default:
      return nothing;
  }
};

const sectionReader = (name: 'desired' | 'reported', path: Path): Reader<Member> => {
  const section: (member: Member) => Section = SECTIONS[name];
  const [first, ...rest] = path;
  switch (first) {
    case undefined:
      return (member) => renderSection(section(member));
    case '$metadata':
      return below((member) => section(member).metadata, rest);
    case '$version':
      return below((member) => section(member).version, rest);
    default:
      return readerBelow({ read: (member) => section(member).values, code: `.twin.${name}.values` }, path);
  }
};

const SECTIONS = {
  desired: ({ twin }: Member) => twin.desired,
  reported: ({ twin }: Member) => twin.reported,
} as const;

/** Full scans spend most of their time here, so tags and properties are read by one function each. */
const TAGS: Root<Member> = { read: ({ twin }) => twin.tags, code: '.twin.tags' };

const nothing: Reader<Member> = () => undefined;

const below = <R>(root: (row: R) => Value, path: Path): Reader<R> => {
  if (path.length === 0) return root;
  const read = memberReader(path);
  return (row) => read(root(row));
};
