import { LIMITS } from '../../protocol/limits.ts';
import { Bus } from '../kernel/bus.ts';
import { ChangeFeed } from '../kernel/change-feed.ts';
import { systemClock } from '../kernel/clock.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import type { HubChange } from './changes.ts';
import { Configurations } from './configurations/configurations.ts';
import { DeviceTemplates } from './device-templates.ts';
import { EventStream } from './event-stream/event-stream.ts';
import type { HubBus, HubEvent } from './events.ts';
import { Faults } from './faults.ts';
import { Blobs } from './files/blobs.ts';
import { noFileStorage } from './files/file-storage.ts';
import { Files } from './files/files.ts';
import { Fleet } from './fleet/fleet.ts';
import { PresenceTracker } from './fleet/presence.ts';
import { Actors } from './history/actors.ts';
import { History } from './history/history.ts';
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
import { Registry } from './registry/registry.ts';
import { Notifications } from './routing/notifications.ts';
import { Outbox } from './routing/outbox.ts';
import { Router } from './routing/router.ts';
import { Tiers } from './tiers/tiers.ts';
import { Usage } from './tiers/usage.ts';
import { Time } from './time.ts';
import { DigitalTwins } from './twins/digital-twins.ts';
import { Twins } from './twins/twins.ts';

/** The rooms of a hub in the order in which they need each other. */
export const buildRooms = (options: HubOptions) => {
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
  const actors = new Actors();
  const history = new History({ fleet, events, clock, actors }, options.history);
  const sessions = new Sessions({ fleet, presence, events });
  const usage = new Usage({ clock, sessions, events });
  const tiers = new Tiers({ tier: options.tier, clock, events, usage, hostName });
  const registry = new Registry({ fleet, sessions, events, clock, ids, limits, hostName });
  const twins = new Twins({ fleet, presence, sessions, events, clock, limits });
  const stream = new EventStream({ clock, scheduler, partitions, consumerGroups, failed });
  const rules = { limits, tier: options.tier, refuse: egress.refuse };
  const router = new Router({ fleet, stream, hostName }, rules);
  const outbox = new Outbox({ router, stream, scheduler, events, clock, hostName }, egress);
  new Notifications({ fleet, router, events, clock, ids, hostName });
  const telemetry = new Telemetry({ fleet, presence, router, events, clock, limits, usage });
  const feedback = new Feedback({ fleet, scheduler, events, clock, ids, settings: settings.feedback });
  const inbox = new Inbox({ fleet, presence, sessions, feedback, scheduler, events, clock, ids, limits, settings });
  const inputs = new Inputs({ fleet, sessions, events, limits });
  const blobs = new Blobs({ clock, ids, scheduler });
  const files = new Files({ fleet, blobs, scheduler, events, clock, ids, limits, storage, usage });
  const bulk = new BulkRegistry({ registry, twins, limits });
  const methods = new Methods({ fleet, presence, sessions, scheduler, events, clock, ids, limits, usage });
  const digitalTwins = new DigitalTwins({ twins, methods });
  const jobs = new Jobs({ fleet, twins, methods, actors, scheduler, events, clock, limits, usage, tiers });
  const indexLag = new IndexLag({ clock, events, lag });
  const queries = queriesOver({ fleet, jobs, indexLag, relations, limits });
  const evaluated = { fleet, registry, twins, actors, queries, scheduler, events, clock, limits };
  const configurations = new Configurations(evaluated, configurationInterval);
  const exportLines = new ExportLines({ fleet, bulk, configurations });
  const importExports = new ImportExportJobs({ exportLines, scheduler, events, clock, ids, limits }, blobTransfer);
  const faults = new Faults({ clock, events, seed, rules: options.faults ?? [] });
  const deviceTemplates = new DeviceTemplates();
  const time = new Time({ clock, events });
  const spaces = [
    ...[...fleet.spaces, ...jobs.spaces, ...configurations.spaces, importExports.space, sessions.space],
    ...[...inbox.spaces, ...feedback.spaces, ...blobs.spaces, ...files.spaces],
    ...[...stream.spaces, ...router.spaces, ...outbox.spaces],
    ...[scheduler.space, ids.space, ...faults.spaces, indexLag.space, time.space],
    ...[usage.space, tiers.space, ...history.spaces, deviceTemplates.space],
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
    ...{ configurations, exportLines, importExports, deviceTemplates, faults, usage, tiers, time, actors, history },
  };
};
