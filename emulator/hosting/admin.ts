import type { Info } from '../../protocol/admin/server.ts';
import { hostsOf, localAddress } from '../endpoints/addresses.ts';
import { eventHubString, identityString, plainEventHubString, serviceString } from '../endpoints/connection-strings.ts';
import { hostNameOf } from '../endpoints/endpoint.ts';
import type { ClientPorts } from '../endpoints/protocols.ts';
import { emulatorsFor } from '../endpoints/running-emulators.ts';
import { eventHubName } from '../hub/routing/event-hub-name.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { pageFiles } from '../servers/admin/page/files.ts';
import { pageFolder } from '../servers/admin/page/folder.ts';
import { mqttProbe, restProbe } from '../servers/admin/probes.ts';
import { adminRoutes } from '../servers/admin/routes/index.ts';
import type { TraceParts } from '../servers/admin/routes/trace.ts';
import { type AdminOptions, createAdminServer } from '../servers/admin/server.ts';
import { version } from '../version.ts';
import { AdminHubs } from './admin-hubs.ts';
import { effectiveOptions } from './effective-options.ts';
import type { HostedHubs } from './host-hubs.ts';
import { ownerIn, withOwner } from './owner.ts';
import { settle } from './settle.ts';

export interface AdminParts {
  readonly log: Log;
  readonly hubs: HostedHubs;
  readonly ports: ClientPorts;
  /** The port of AMQP without TLS; undefined if there is none. */
  readonly plainAmqp: number | undefined;
  /** The development CA, PEM. */
  readonly ca: string | undefined;
  readonly trace: TraceParts;
  /** Where options were set. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Opens the emulator's own API. Throws PortError. */
export const openAdmin = async (
  options: Options,
  { log, hubs, ports, plainAmqp, ca, trace, origins }: AdminParts,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const { policies, probePassword } = hubs;
  const { hub, snapshots, journal, traffic, progress } = hubs.original;
  const address = { hostname: options.hostname, ports };
  const hostName = hostNameOf(address);
  const eventsHostName = hostNameOf(address, { protocol: 'amqp' });
  const host = localAddress(options.host);
  const effective = effectiveOptions(options, origins);
  let adminPort = 0;
  const startedAt = new Date().toISOString();
  const info = (port: number) => ({
    version: version(),
    hostname: options.hostname,
    auth: options.auth,
    data: dataOf(options, hubs),
    ports: { ...ports, admin: port },
    pid: process.pid,
    startedAt,
    lastEvent: hub.events.sequence,
    options: effective,
  });
  const others = new AdminHubs({ hubs, address, info: () => info(adminPort) });
  const server = createAdminServer({
    log,
    kept: hubs.kept,
    probes: [
      restProbe({ host, port: ports.https }, ownerIn(policies)),
      mqttProbe({ host, port: ports.mqtt }, probePassword),
    ],
    info,
    hubs: others,
    ca,
    ...(options.page === 'on' ? pageParts(hubs) : {}),
    token: options.adminToken,
    hosts: [options.hostname, ...options.san, ...hostsOf(options.adminHost)],
    routes: adminRoutes({
      hub,
      snapshots,
      journal,
      traffic,
      trace,
      connectionStrings: {
        ofEventHub: (endpoint) => eventHubString(eventsHostName, policies, eventHubName(hub, endpoint)),
        ofPlainEventHub: (endpoint) => plainEventHubString(plainAmqp, policies, eventHubName(hub, endpoint)),
        ofPolicy: (policy) => serviceString(hostName, policies, policy),
        ofIdentity: (name) => identityString(hostName, hub.registry, name),
      },
      hubs: others,
      emulators: emulatorsFor(options.adminToken),
      otherHub: (name) => others.hub(name),
      settle: () => settle(hub),
      acceptWebhook: (code) => hubs.handshakes.accept(code),
      progress,
      lessons: hubs.classroom.lessons,
      classroom: hubs.classroom,
      ca,
    }),
  });
  try {
    adminPort = await server.listen(options.adminHost, options.adminPort);
    return { port: adminPort, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
};

const dataOf = ({ data, durability }: Options, { kept }: HostedHubs): Info['data'] =>
  data === undefined ? null : { folder: data, durability, failure: kept?.refusal?.hint ?? null };

/** The page, and the service API that it asks. */
const pageParts = ({ original, policies }: HostedHubs): Pick<AdminOptions, 'page' | 'askService'> => ({
  page: pageFiles(pageFolder()),
  askService: (request, response) => original.answer(withOwner(request, policies), response),
});
