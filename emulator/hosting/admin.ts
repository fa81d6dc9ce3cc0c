import type { IncomingMessage } from 'node:http';
import type { Info } from '../../protocol/admin/server.ts';
import { signSas } from '../../protocol/sas.ts';
import type { Policy } from '../auth/policies.ts';
import { hostsOf, localAddress } from '../endpoints/addresses.ts';
import { eventHubString, identityString, plainEventHubString, serviceString } from '../endpoints/connection-strings.ts';
import { hostNameOf } from '../endpoints/endpoint.ts';
import type { ClientPorts } from '../endpoints/protocols.ts';
import { eventHubName } from '../hub/routing/event-hub-name.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { pageFiles } from '../servers/admin/page/files.ts';
import { pageFolder } from '../servers/admin/page/folder.ts';
import { mqttProbe, restProbe } from '../servers/admin/probes.ts';
import { adminRoutes } from '../servers/admin/routes/index.ts';
import type { TraceParts } from '../servers/admin/routes/trace.ts';
import { type AdminOptions, createAdminServer } from '../servers/admin/server.ts';
import { PAGE_HEADER } from '../servers/rest/traffic.ts';
import { version } from '../version.ts';
import type { HostedHubs } from './host-hubs.ts';
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
}

/** Opens the emulator's own API. Throws PortError. */
export const openAdmin = async (
  options: Options,
  { log, hubs, ports, plainAmqp, ca, trace }: AdminParts,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const { policies, probePassword } = hubs;
  const { hub, snapshots, journal } = hubs.original;
  const hostName = hostNameOf({ hostname: options.hostname, ports });
  const eventsHostName = hostNameOf({ hostname: options.hostname, ports }, { protocol: 'amqp' });
  const host = localAddress(options.host);
  const server = createAdminServer({
    log,
    kept: hubs.kept,
    probes: [
      restProbe({ host, port: ports.https }, ownerIn(policies)),
      mqttProbe({ host, port: ports.mqtt }, probePassword),
    ],
    info: (port) => ({
      version: version(),
      hostname: options.hostname,
      auth: options.auth,
      data: dataOf(options, hubs),
      ports: { ...ports, admin: port },
      lastEvent: hub.events.sequence,
    }),
    ca,
    ...(options.page === 'on' ? pageParts(hubs) : {}),
    token: options.adminToken,
    hosts: [options.hostname, ...options.san, ...hostsOf(options.adminHost)],
    routes: adminRoutes({
      hub,
      snapshots,
      journal,
      traffic: hubs.traffic,
      trace,
      connectionStrings: {
        ofEventHub: (endpoint) => eventHubString(eventsHostName, policies, eventHubName(hub, endpoint)),
        ofPlainEventHub: (endpoint) => plainEventHubString(plainAmqp, policies, eventHubName(hub, endpoint)),
        ofPolicy: (policy) => serviceString(hostName, policies, policy),
        ofIdentity: (name) => identityString(hostName, hub.registry, name),
      },
      otherHub: (name) => hubs.forks.named(name),
      settle: () => settle(hub),
      acceptWebhook: (code) => hubs.handshakes.accept(code),
      progress: hubs.original.progress,
      classroom: hubs.classroom,
      ca,
    }),
  });
  try {
    return { port: await server.listen(options.adminHost, options.adminPort), close: () => server.close() };
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
  askService: (request, response) => original.answer(withOwner(request, ownerIn(policies)), response),
});

/** The request with a new token of the policy. */
const withOwner = (request: IncomingMessage, { name, primaryKey }: Policy): IncomingMessage => {
  const expiry = Math.ceil(Date.now() / 1000) + TOKEN_SECONDS;
  request.headers.authorization = signSas({ resource: 'localhost', key: primaryKey, expiry, policy: name });
  request.headers[PAGE_HEADER] = 'yes';
  return request;
};

const TOKEN_SECONDS = 300;

const ownerIn = (policies: ReadonlyMap<string, Policy>): Policy => {
  const policy = policies.get('iothubowner');
  if (policy === undefined) throw new Error('Every hub has the policy iothubowner');
  return policy;
};
