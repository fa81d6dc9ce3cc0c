import type { FaultEffect } from '../../protocol/fault.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { HubChanges } from './changes.ts';
import type { Configurations } from './configurations/configurations.ts';
import type { DeviceTemplates } from './device-templates.ts';
import type { EventStream } from './event-stream/event-stream.ts';
import type { HubBus } from './events.ts';
import type { Faults } from './faults.ts';
import type { Blobs } from './files/blobs.ts';
import type { Files } from './files/files.ts';
import type { FleetView } from './fleet/fleet.ts';
import type { PresenceTracker } from './fleet/presence.ts';
import type { Actors } from './history/actors.ts';
import type { History } from './history/history.ts';
import { type HubOptions, noRelations } from './hub-options.ts';
import type { Ids } from './ids.ts';
import type { BulkRegistry } from './import-export/bulk.ts';
import type { ExportLines } from './import-export/export-lines.ts';
import type { ImportExportJobs } from './import-export/import-export-jobs.ts';
import type { IndexLag } from './index-lag/index-lag.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Feedback } from './messaging/feedback.ts';
import type { Inbox } from './messaging/inbox.ts';
import type { Inputs } from './messaging/inputs.ts';
import type { Methods } from './messaging/methods.ts';
import type { Sessions } from './messaging/sessions.ts';
import type { Telemetry } from './messaging/telemetry.ts';
import type { Operation } from './operation.ts';
import type { Queries } from './query/queries.ts';
import type { Relations } from './query/relations.ts';
import type { Registry } from './registry/registry.ts';
import type { Resumption } from './resumption.ts';
import { buildRooms } from './rooms.ts';
import type { Outbox } from './routing/outbox.ts';
import type { Router } from './routing/router.ts';
import { restoreSnapshot, resumeRooms, takeBack } from './snapshots/snapshot.ts';
import type { Tiers } from './tiers/tiers.ts';
import type { Usage } from './tiers/usage.ts';
import type { Time } from './time.ts';
import type { DigitalTwins } from './twins/digital-twins.ts';
import type { Twins } from './twins/twins.ts';

/** One IoT hub: its rooms. Synchronous, and independent of protocols. */
export class Hub {
  /** The hub's time. */
  readonly clock: Clock;
  /** @internal Generates etags, generation ids and keys. */
  readonly ids: Ids;
  /** @internal The limits of the service that the hub enforces. */
  readonly limits: Limits;
  /** @internal The options that decide what it does. */
  readonly settings: JsonObject;
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
  /** Who writes at present. */
  readonly actors: Actors;
  /** Earlier versions of identities and twins. */
  readonly history: History;
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
  /** What simulated devices do. */
  readonly deviceTemplates: DeviceTemplates;
  /** Direct methods. */
  readonly methods: Methods;
  /** Digital twins: twins of devices that have a model. */
  readonly digitalTwins: DigitalTwins;
  /** Scheduled jobs. */
  readonly jobs: Jobs;
  /** When queries see a write. */
  readonly indexLag: IndexLag;
  /** @internal Groups and aggregates rows for queries. */
  readonly relations: Relations;
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
    this.settings = options.settings ?? {};
    this.hostName = rooms.hostName;
    this.events = rooms.events;
    this.changes = rooms.changes;
    this.scheduler = rooms.scheduler;
    this.fleet = rooms.fleet;
    this.presence = rooms.presence;
    this.sessions = rooms.sessions;
    this.registry = rooms.registry;
    this.twins = rooms.twins;
    this.actors = rooms.actors;
    this.history = rooms.history;
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
    this.deviceTemplates = rooms.deviceTemplates;
    this.methods = rooms.methods;
    this.digitalTwins = rooms.digitalTwins;
    this.jobs = rooms.jobs;
    this.indexLag = rooms.indexLag;
    this.relations = options.relations ?? noRelations;
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
    takeBack(this, () => {
      load();
      this.#time.resume(); // before rooms look at what is due
    });
  }

  /** Call after `changes.load` has filled the hub: timers run and rooms work from then on. Publishes `hub.restored`. */
  resume(how: Resumption = {}): void {
    this.#time.resume();
    this.indexLag.resume();
    resumeRooms(this, how);
  }
}
