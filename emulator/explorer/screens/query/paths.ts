import { isObject, type Json } from '../../../../protocol/json.ts';
import { leavesOf, pathText } from '../../../../protocol/json-paths.ts';
import type { KnownPath } from '../../api/types.ts';
import type { Completion } from '../../parts/editor-types.ts';
import { FUNCTIONS, KEYWORDS } from '../../parts/query-words.ts';
import type { App } from '../../state/app.ts';

/** The paths that twins of this hub have: all of them, or those of the first hundred devices. */
export const loadPaths = async ({
  client,
  service,
  offers,
}: Pick<App, 'client' | 'service' | 'offers'>): Promise<readonly KnownPath[]> => {
  if (offers('GET /paths')) return client.get<readonly KnownPath[]>('/paths');
  if (!offers('GET /service/*')) return [];
  return pathsIn((await service.query('SELECT * FROM devices')).rows);
};

/** Counted over twin documents. */
export const pathsIn = (twins: readonly Json[]): readonly KnownPath[] => {
  const counts = new Map<string, number>();
  for (const twin of twins) for (const path of pathsOfTwin(twin)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, devices]) => ({ path, devices })).sort((a, b) => a.path.localeCompare(b.path));
};

const pathsOfTwin = (twin: Json): readonly string[] => {
  if (!isObject(twin)) return [];
  const { tags, properties } = twin;
  const { desired, reported } = isObject(properties) ? properties : {};
  return [
    ...pathsOf('tags', tags),
    ...pathsOf('properties.desired', desired),
    ...pathsOf('properties.reported', reported),
  ];
};

const pathsOf = (prefix: string, section: Json | undefined): readonly string[] =>
  leavesOf(section).map(({ path }) => `${prefix}.${pathText(path)}`);

/** Paths that differ in case only: the rarer one is likely a mistake of a device. */
export const caseTwins = (paths: readonly KnownPath[]): readonly (readonly [rare: KnownPath, usual: KnownPath])[] => {
  const byLower = new Map<string, KnownPath>();
  const found: [KnownPath, KnownPath][] = [];
  for (const path of paths) {
    const other = byLower.get(path.path.toLowerCase());
    if (other === undefined) byLower.set(path.path.toLowerCase(), path);
    else found.push(other.devices < path.devices ? [other, path] : [path, other]);
  }
  return found;
};

const FIXED = [
  'deviceId',
  'moduleId',
  'status',
  'connectionState',
  'lastActivityTime',
  'authenticationType',
  'capabilities.iotEdge',
  'modelId',
  'version',
  'etag',
];

/** Words of the language, members that every twin has, and paths that exist. */
export const completionsOf = (paths: readonly KnownPath[]): readonly Completion[] => [
  ...paths.map(({ path, devices }): Completion => ({ label: path, detail: `${devices} devices`, kind: 'property' })),
  ...FIXED.map((label): Completion => ({ label, kind: 'property' })),
  ...KEYWORDS.map((label): Completion => ({ label, kind: 'keyword' })),
  ...FUNCTIONS.map((label): Completion => ({ label: `${label}(`, kind: 'function' })),
];
