import { describe, expect, test } from 'vitest';
import { ownStorage } from '../../emulator/blobs/own-storage.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import type { BlobTransfer } from '../../emulator/hub/import-export/import-export-jobs.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS, type Limits } from '../../protocol/limits.ts';
import { ACCOUNT } from '../support/hub/files.ts';
import { newHub, newSession } from '../support/hub/hub.ts';
import { message } from '../support/hub/messages.ts';

// Each limit is lowered, and the hub is used just below it, at it, and just above it.

/** Uses a hub up to `size`; throws or rejects if that is over a limit. */
type Use = (hub: Hub, size: number) => unknown;

const text = (length: number): string => 'x'.repeat(length);
const times = (count: number, act: (index: number) => unknown): unknown =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));
const nested = (levels: number): Json => (levels === 0 ? 1 : { k: nested(levels - 1) });
const withDevice =
  (use: Use): Use =>
  (hub, size) => {
    hub.registry.create({ deviceId: 'd1' }, {});
    return use(hub, size);
  };
/** Writes desired properties. */
const desire = (valuesOf: (size: number) => Json) =>
  withDevice((hub, size) => hub.twins.patch('d1', { properties: { desired: valuesOf(size) } }));
const configure = (hub: Hub, index: number, metrics: Json = {}) =>
  hub.configurations.put(`c${index}`, {
    content: { deviceContent: { 'properties.desired.rate': 1 } },
    metrics: { queries: metrics },
  });
const schedule = (hub: Hub, index: number, startsIn = 0) =>
  hub.jobs.create(`job${index}`, {
    type: 'scheduleUpdateTwin',
    updateTwin: { etag: '*' },
    queryCondition: '*',
    startTime: new Date(hub.clock.now() + startsIn).toISOString(),
  });

const route = (name: string) => ({ name, source: 'DeviceMessages' as const, endpointNames: ['events'] });
const listed = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** One way to reach each limit. A twin's section counts the bytes of its names and values; `k` is one of them. */
const USES: Readonly<Record<Exclude<keyof Limits, (typeof ELSEWHERE)[number]>, Use>> = {
  devices: (hub, size) => times(size, (index) => hub.registry.create({ deviceId: `d${index}` }, {})),
  modulesPerDevice: withDevice((hub, size) =>
    times(size, (index) => hub.registry.create({ deviceId: 'd1', moduleId: `m${index}` }, {})),
  ),
  idLength: (hub, size) => hub.registry.create({ deviceId: text(size) }, {}),
  statusReasonLength: (hub, size) => hub.registry.create({ deviceId: 'd1' }, { statusReason: text(size) }),
  listMax: (hub, size) => hub.registry.list(size),
  bulkMax: (hub, size) => hub.bulk.apply(Array.from({ length: size }, (_, index) => ({ id: `d${index}` }))),
  activeImportExports: (hub, size) =>
    times(size, () => hub.importExports.create({ type: 'export', outputBlobContainerUri: 'https://example.com/box' })),
  activeFileUploads: withDevice((hub, size) =>
    times(size, (index) => hub.files.begin('d1', { blobName: `f${index}` }, 'localhost')),
  ),
  tagsBytes: withDevice((hub, size) => hub.twins.patch('d1', { tags: { k: text(size - 1) } })),
  desiredBytes: desire((size) => ({ k: text(size - 1) })),
  reportedBytes: withDevice((hub, size) => hub.twins.report('d1', { k: text(size - 1) })),
  depth: desire((size) => nested(size + 1)),
  keyBytes: desire((size) => ({ [text(size)]: 1 })),
  stringBytes: desire((size) => ({ k: text(size) })),
  maxInteger: desire((size) => ({ k: size })),
  minInteger: desire((size) => ({ k: -size })),
  telemetryBytes: withDevice((hub, size) =>
    hub.telemetry.receive('d1', { body: new Uint8Array(size), system: {}, properties: {} }),
  ),
  cloudToDeviceBytes: withDevice((hub, size) => hub.inbox.enqueue('d1', message(text(size)))),
  inboxSize: withDevice((hub, size) => times(size, () => hub.inbox.enqueue('d1', message('x')))),
  methodPayloadBytes: (hub, size) => hub.methods.read({ methodName: 'm', payload: text(size - '""'.length) }),
  methodNameLength: (hub, size) => hub.methods.read({ methodName: text(size) }),
  methodsInFlight: withDevice((hub, size) => {
    const { session } = newSession('d1');
    hub.sessions.open(session, { resume: false });
    hub.sessions.subscribe(session, 'methods', 0);
    for (let index = 0; index < size; index++) hub.methods.call('d1', hub.methods.read({ methodName: 'm' }), () => {});
  }),
  queryLength: (hub, size) => hub.queries.parse('SELECT * FROM devices'.padEnd(size)),
  configurations: (hub, size) => times(size, (index) => configure(hub, index)),
  metricsPerConfiguration: (hub, size) =>
    configure(hub, 1, Object.fromEntries(Array.from({ length: size }, (_, index) => [`m${index}`, 'select *']))),
  activeJobs: (hub, size) => times(size, (index) => schedule(hub, index)),
  jobAheadMs: (hub, size) => schedule(hub, 1, size),
  routes: (hub, size) => hub.router.replace({ routes: listed(size, (index) => route(`r${index}`)) }),
  routingEndpoints: (hub, size) =>
    hub.router.replace({ endpoints: { eventHubs: listed(size, (index) => ({ name: `e${index}` })) } }),
  enrichments: (hub, size) =>
    hub.router.replace({
      enrichments: listed(size, (index) => ({ key: `k${index}`, value: 'v', endpointNames: ['events'] })),
    }),
  routingNameLength: (hub, size) => hub.router.replace({ routes: [route(text(size))] }),
};

/** `pageMax` shortens a page instead of rejecting it. */
const ELSEWHERE = ['pageMax'] as const;

/** Large enough for every way to reach a limit. */
const LIMIT = 30;

const outcomeOf = async (use: Use, size: number, limits: Limits): Promise<'accepted' | 'rejected'> => {
  const { hub } = newHub({ limits, blobTransfer: endless, fileStorage: ownStorage(ACCOUNT) });
  try {
    await use(hub, size);
    return 'accepted';
  } catch (error) {
    expect(error).toMatchObject({ name: 'HubError' });
    return 'rejected';
  }
};

/** Transfers that never end. */
const endless: BlobTransfer = { check: () => Promise.resolve(), transfer: () => () => {} };

describe.each(Object.entries(USES))('%s', (name, use) => {
  const lowered = { ...LIMITS.azure, [name]: name === 'minInteger' ? -LIMIT : LIMIT };

  test.each([
    [LIMIT - 1, 'accepted'],
    [LIMIT, 'accepted'],
    [LIMIT + 1, 'rejected'],
  ])('of 30: %d is %s', async (size, outcome) => {
    expect(await outcomeOf(use, size, lowered)).toBe(outcome);
  });

  test('is the only one that this reaches: a hub without limits accepts more', async () => {
    expect(await outcomeOf(use, LIMIT + 1, LIMITS.none)).toBe('accepted');
  });
});

test.each([
  [LIMITS.azure, 100],
  [{ ...LIMITS.azure, pageMax: 2 }, 2],
  [LIMITS.none, 101],
])('a page has at most as many rows as its limit', (limits, rows) => {
  const { hub } = newHub({ limits });
  for (let index = 0; index < 101; index++) hub.registry.create({ deviceId: `d${index}` }, {});
  const query = hub.queries.parse('SELECT deviceId FROM devices');
  expect(hub.queries.runNow(query, { maxItemCount: 101 }).items).toHaveLength(rows);
});

test('a hub without limits has one: the depth that JSON functions can process', () => {
  expect(Object.entries(LIMITS.none).filter(([, limit]) => Number.isFinite(limit))).toEqual([['depth', 500]]);
});
