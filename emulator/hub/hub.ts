import type { FaultEffect } from '../../protocol/fault.ts';
import { LIMITS, type Limits } from '../../protocol/limits.ts';
import { Bus } from '../kernel/bus.ts';
import { ChangeFeed } from '../kernel/change-feed.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import type { HubChange, HubChanges } from './changes.ts';
import { Configurations } from './configurations/configurations.ts';
import { EventStream } from './event-stream/event-stream.ts';
import type { HubBus, HubEvent } from './events.ts';
import { Faults } from './faults.ts';
import { Blobs } from './files/blobs.ts';
import { noFileStorage } from './files/file-storage.ts';
import { Files } from './files/files.ts';
import { Fleet, type FleetView } from './fleet/fleet.ts';
import { PresenceTracker } from './fleet/presence.ts';
import { DEFAULT_PARTITIONS, type HubOptions, noBlobs, noEgress, noRelations } from './hub-options.ts';
import { queriesOver } from './hub-queries.ts';
import { Ids } from './ids.ts';
import { BulkRegistry } from './import-export/bulk.ts';
import { ExportLines } from './import-export/export-lines.ts';
import { ImportExportJobs } from './import-export/import-export-jobs.ts';
import { IndexLag } from './index-lag/index-lag.ts';
import { Jobs } from './jobs/jobs.ts';
import { CLOUD_TO_DEVICE } from './messaging/cloud-to-device.ts';
import { Feedback } from './messaging/feedback.ts';
import { Inbox } from './messaging/inbox.ts';
import { Inputs } from './messaging/inputs.ts';
import { Methods } from './messaging/methods.ts';
import { Sessions } from './messaging/sessions.ts';
import { Telemetry } from './messaging/telemetry.ts';
import type { Operation } from './operation.ts';
import type { Queries } from './query/queries.ts';
import { Registry } from './registry/registry.ts';
import { Notifications } from './routing/notifications.ts';
import { Outbox } from './routing/outbox.ts';
import { Router } from './routing/router.ts';
import { restoreSnapshot, resumeRooms, takeBack } from './snapshots/snapshot.ts';
import { Tiers } from './tiers/tiers.ts';
import { Usage } from './tiers/usage.ts';
import { Time } from './time.ts';
import { DigitalTwins } from './twins/digital-twins.ts';
import { Twins } from './twins/twins.ts';

/** One IoT hub: its rooms. Synchronous, and independent of protocols. */
export class Hub {
  /** The hub's time. */
  readonly clock: Clock;
  /** @internal Generates etags, generation ids and keys. */
  readonly ids: Ids;
  /** @internal The limits of the service that the hub enforces. */
  readonly limits: Limits;
  /** The host name in error messages. */
  readonly hostName: string;
  /** What happens: `hub.events.listen((event) => …)`. */
  readonly events: HubBus;
  /** Every change of the state, row by row, for storage and history: `hub.changes.listen((change) => …)`. */
  readonly changes: HubChanges;
  /** @internal What is due later. */
  readonly scheduler: Scheduler;
  /** All devices and modules, for reading. */
  readonly fleet: FleetView;
  /** @internal Connection state and activity of identities. */
  readonly presence: PresenceTracker;
  /** Who is connected. */
  readonly sessions: Sessions;
  /** Identities of devices and modules: create, get, replace, delete. */
  readonly registry: Registry;
  /** Twins: get, patch, replace, report. */
  readonly twins: Twins;
  /** The event hubs in which messages and events can be read. */
  readonly stream: EventStream;
  /** Which messages and events go where. */
  readonly router: Router;
  /** What is on its way to endpoints outside of the hub, and how these are. */
  readonly outbox: Outbox;
  /** @internal Messages from devices. */
  readonly telemetry: Telemetry;
  /** Messages to devices and modules: send, receive, settle, purge. */
  readonly inbox: Inbox;
  /** Messages to inputs of modules. */
  readonly inputs: Inputs;
  /** What has become of messages to devices, for their senders. */
  readonly feedback: Feedback;
  /** Blobs that devices have uploaded, if the hub keeps them itself. */
  readonly blobs: Blobs;
  /** File uploads of devices, and what service apps hear of them. */
  readonly files: Files;
  /** @internal Bulk operations on identities. */
  readonly bulk: BulkRegistry;
  /** Direct methods. */
  readonly methods: Methods;
  /** Digital twins: twins of devices that have a model. */
  readonly digitalTwins: DigitalTwins;
  /** Scheduled jobs. */
  readonly jobs: Jobs;
  /** When queries see a write. */
  readonly indexLag: IndexLag;
  /** Queries over devices, modules and jobs. */
  readonly queries: Queries;
  /** Automatic configurations and edge deployments. */
  readonly configurations: Configurations;
  /** @internal Lines of import and export jobs. */
  readonly exportLines: ExportLines;
  /** Import and export jobs. */
  readonly importExports: ImportExportJobs;
  /** The rules by which operations fail. */
  readonly faults: Faults;
  /** What the operations of clients count and cost. */
  readonly usage: Usage;
  /** What the tier allows. */
  readonly tiers: Tiers;
  readonly #time: Time;

  constructor(options: HubOptions) {
    const rooms = buildRooms(options);
    this.clock = rooms.clock;
    this.ids = rooms.ids;
    this.limits = rooms.limits;
    this.hostName = rooms.hostName;
    this.events = rooms.events;
    this.changes = rooms.changes;
    this.scheduler = rooms.scheduler;
    this.fleet = rooms.fleet;
    this.presence = rooms.presence;
    this.sessions = rooms.sessions;
    this.registry = rooms.registry;
    this.twins = rooms.twins;
    this.stream = rooms.stream;
    this.router = rooms.router;
    this.outbox = rooms.outbox;
    this.telemetry = rooms.telemetry;
    this.inbox = rooms.inbox;
    this.inputs = rooms.inputs;
    this.feedback = rooms.feedback;
    this.blobs = rooms.blobs;
    this.files = rooms.files;
    this.bulk = rooms.bulk;
    this.methods = rooms.methods;
    this.digitalTwins = rooms.digitalTwins;
    this.jobs = rooms.jobs;
    this.indexLag = rooms.indexLag;
    this.queries = rooms.queries;
    this.configurations = rooms.configurations;
    this.exportLines = rooms.exportLines;
    this.importExports = rooms.importExports;
    this.faults = rooms.faults;
    this.usage = rooms.usage;
    this.tiers = rooms.tiers;
    this.#time = rooms.time;
    if (options.start !== undefined) restoreSnapshot(this, options.start);
  }

  /**
   * Servers call this once before each operation of a client, since it counts. Returns the fault to inject, undefined for
   * none.
   */
  before(operation: Operation): FaultEffect | undefined {
    return this.faults.strike(operation);
  }

  /** @internal Goes back to rows that were before, which `load` loads by `changes.load`. Publishes `hub.restored`. */
  takeBack(load: () => void): void {
    takeBack(this, load);
    this.#time.resume();
  }

  /** Call after `changes.load` has filled the hub: timers run and rooms work from then on. Publishes `hub.restored`. */
  resume(): void {
    this.#time.resume();
    this.indexLag.resume();
    resumeRooms(this);
  }
}

/** The rooms of a hub in the order in which they need each other. */
const buildRooms = (options: HubOptions) => {
  const { clock = systemClock, seed = 1, limits = LIMITS.azure, hostName = 'localhost', failed = () => {} } = options;
  const {
    relations = noRelations,
    blobTransfer = noBlobs,
    fileStorage: storage = noFileStorage,
    egress = noEgress,
    configurationInterval = 0,
    indexLag: lag = 'immediate',
    partitions = DEFAULT_PARTITIONS,
    consumerGroups = [],
    cloudToDevice: settings = CLOUD_TO_DEVICE,
  } = options;
  const ids = new Ids(clock, seed, options.derive);
  const events: HubBus = new Bus<HubEvent>(() => clock.now(), failed);
  const scheduler = new Scheduler(clock);
  const fleet = new Fleet();
  if (options.start !== undefined) fleet.restore(options.start.spaces);
  const presence = new PresenceTracker({ fleet, clock });
  const sessions = new Sessions({ fleet, presence, events });
  const usage = new Usage({ clock, sessions, events });
  const tiers = new Tiers({ tier: options.tier, clock, events, usage, hostName });
  const registry = new Registry({ fleet, sessions, events, clock, ids, limits, hostName });
  const twins = new Twins({ fleet, presence, sessions, events, clock, limits });
  const stream = new EventStream({ clock, scheduler, partitions, consumerGroups, failed });
  const router = new Router({ fleet, stream, limits, hostName }, (endpoint) => egress.refuse(endpoint));
  const outbox = new Outbox({ router, stream, scheduler, events, clock, hostName }, egress);
  new Notifications({ fleet, router, events, clock, ids, hostName });
  const telemetry = new Telemetry({ fleet, presence, router, events, clock, limits, usage });
  const feedback = new Feedback({ fleet, scheduler, events, clock, ids, settings: settings.feedback });
  const inbox = new Inbox({ fleet, presence, sessions, feedback, scheduler, events, clock, ids, limits, settings });
  const inputs = new Inputs({ fleet, sessions, events, limits });
  const blobs = new Blobs({ clock, ids, scheduler });
  const files = new Files({ fleet, blobs, scheduler, events, clock, ids, limits, storage });
  const bulk = new BulkRegistry({ registry, twins, limits });
  const methods = new Methods({ fleet, presence, sessions, scheduler, events, clock, ids, limits, usage });
  const digitalTwins = new DigitalTwins({ twins, methods });
  const jobs = new Jobs({ fleet, twins, methods, scheduler, events, clock, limits, usage, tiers });
  const indexLag = new IndexLag({ clock, events, lag });
  const queries = queriesOver({ fleet, jobs, indexLag, relations, limits });
  const evaluated = { fleet, registry, twins, queries, scheduler, events, clock, limits };
  const configurations = new Configurations(evaluated, configurationInterval);
  const exportLines = new ExportLines({ fleet, bulk, configurations });
  const importExports = new ImportExportJobs({ exportLines, scheduler, events, clock, ids, limits }, blobTransfer);
  const faults = new Faults({ clock, events, seed, rules: options.faults ?? [] });
  const time = new Time({ clock, events });
  const spaces = [
    ...[...fleet.spaces, ...jobs.spaces, ...configurations.spaces, importExports.space, sessions.space],
    ...[...inbox.spaces, ...feedback.spaces, ...blobs.spaces, ...files.spaces],
    ...[...stream.spaces, ...router.spaces, ...outbox.spaces],
    ...[scheduler.space, ids.space, ...faults.spaces, indexLag.space, time.space],
    ...[usage.space, tiers.space],
  ];
  return {
    ...{ clock, ids, limits, hostName, events, changes: new ChangeFeed<HubChange>(spaces, failed), scheduler, fleet },
    ...{
      presence,
      sessions,
      registry,
      twins,
      stream,
      router,
      outbox,
      telemetry,
      inbox,
      inputs,
      feedback,
      blobs,
      files,
    },
    ...{ bulk, methods, digitalTwins, jobs, indexLag, queries },
    ...{ configurations, exportLines, importExports, faults, usage, tiers, time },
  };
};
