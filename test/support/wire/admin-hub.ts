import { Classroom } from '../../../emulator/hosting/classroom.ts';
import { Journal } from '../../../emulator/hub/journal.ts';
import { Snapshots } from '../../../emulator/hub/snapshots/snapshots.ts';
import { Progress } from '../../../emulator/lessons/progress.ts';
import { readLessons } from '../../../emulator/lessons/read-lessons.ts';
import type { HubsParts } from '../../../emulator/servers/admin/routes/hubs.ts';
import { adminRoutes } from '../../../emulator/servers/admin/routes/index.ts';
import { createAdminServer } from '../../../emulator/servers/admin/server.ts';
import { Traffic } from '../../../emulator/servers/traffic/traffic.ts';
import { HubTrace } from '../../../emulator/traces/hub-trace.ts';
import type { Info } from '../../../protocol/admin/server.ts';
import { HubError } from '../../../protocol/errors.ts';
import { newHub } from '../hub/hub.ts';
import { listeningLog, type Reply, send } from './rest-client.ts';

/** The answer of `/info` in tests. */
export const info = (port: number): Omit<Info, 'operations'> => ({
  version: '1.2.3',
  hostname: 'localhost',
  auth: 'strict',
  data: null,
  ports: { admin: port },
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  lastEvent: 0,
});

const noHub = (name: string): never => {
  throw new HubError('GenericNotFound', `There is no hub ${name}`);
};
const noHubs: HubsParts = {
  list: () => [],
  add: () => noHub('new'),
  remove: async (name) => noHub(name),
  has: () => false,
  hub: noHub,
  routes: noHub,
  askService: noHub,
};

/** A hub with the device `d1` and a virtual clock, and its admin API on a free port. */
export const startAdmin = async () => {
  const { hub, clock } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const traffic = new Traffic(() => clock.now());
  const journal = new Journal(hub.events);
  const routes = adminRoutes({
    hub,
    snapshots: new Snapshots(hub),
    journal,
    traffic,
    trace: new HubTrace(hub, listeningLog().log),
    connectionStrings: {
      ofPolicy: (policy = 'iothubowner') => policy,
      ofEventHub: (name) => name,
      ofPlainEventHub: (name) => `plain ${name}`,
      ofIdentity: ({ deviceId }) => deviceId,
    },
    acceptWebhook: () => false,
    settle: async () => clock.settle(),
    hubs: noHubs,
    emulators: { list: async () => [], stop: async () => {} },
    otherHub: noHubs.hub,
    progress: new Progress(hub, journal),
    lessons: readLessons,
    classroom: new Classroom(readLessons),
    ca: undefined,
  });
  const server = createAdminServer({ log: listeningLog().log, probes: [], info, routes });
  const port = await server.listen('127.0.0.1', 0);
  const ask = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send({ port, method, path, headers: { host: `localhost:${port}` }, body });
  return { hub, clock, traffic, port, ask, [Symbol.asyncDispose]: () => server.close() };
};
