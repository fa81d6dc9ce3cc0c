import { HubError } from '../../protocol/errors.ts';
import type { FaultRule } from '../../protocol/fault.ts';
import { LIMITS, type Limits } from '../../protocol/limits.ts';
import { Agenda } from './agenda.ts';
import { BulkRegistry } from './bulk.ts';
import { type Clock, systemClock } from './clock.ts';
import { collectionsOf } from './collections.ts';
import { Configurations } from './configurations.ts';
import { DigitalTwins } from './digital-twins.ts';
import { Bus } from './events.ts';
import { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { type Derive, Ids } from './ids.ts';
import { type Carrier, ImportExportJobs } from './import-export-jobs.ts';
import { IndexLag, type Lag } from './index-lag.ts';
import { Jobs } from './jobs.ts';
import { Methods } from './methods.ts';
import { Queries } from './query/queries.ts';
import type { Relations } from './query/relations.ts';
import { Shelf } from './query/shelf.ts';
import { Registry } from './registry.ts';
import { RegistryLines } from './registry-lines.ts';
import { Sessions } from './sessions.ts';
import { Telemetry } from './telemetry.ts';
import { Twins } from './twins.ts';

export interface HubOptions {
  readonly clock?: Clock;
  /** Decides etags, generation ids and keys. */
  readonly seed?: number;
  readonly derive: Derive;
  /** The name in error texts. */
  readonly hostName?: string;
  readonly limits?: Limits;
  /** Groups and adds up for queries; a hub without it answers no aggregates. */
  readonly relations?: Relations;
  /** Milliseconds between evaluations of automatic configurations; 0, the default, for at once after each change. */
  readonly configurationInterval?: number;
  /** When queries see a write; at once by default. */
  readonly indexLag?: Lag;
  /** Reaches blobs for imports and exports; a hub without it takes none. */
  readonly carrier?: Carrier;
  /** Rows to begin with, which the hub takes over. */
  readonly fleet?: Fleet;
  /** What shall go wrong from the beginning. */
  readonly faults?: readonly FaultRule[];
  /** Hears of a listener that threw. */
  readonly failed?: (error: unknown) => void;
}

/** One IoT hub: its rooms, nothing more. Synchronous; knows no wire. */
export class Hub {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly hostName: string;
  readonly events: Bus;
  readonly agenda: Agenda;
  readonly fleet: Fleet;
  readonly sessions: Sessions;
  readonly registry: Registry;
  readonly twins: Twins;
  readonly telemetry: Telemetry;
  readonly bulk: BulkRegistry;
  readonly methods: Methods;
  readonly digitalTwins: DigitalTwins;
  readonly jobs: Jobs;
  readonly indexLag: IndexLag;
  readonly queries: Queries;
  readonly configurations: Configurations;
  readonly lines: RegistryLines;
  readonly importExports: ImportExportJobs;
  readonly faults: Faults;

  constructor(options: HubOptions) {
    this.clock = options.clock ?? systemClock;
    this.ids = new Ids(this.clock, options.seed ?? 1, options.derive);
    this.limits = options.limits ?? LIMITS.azure;
    this.hostName = options.hostName ?? 'localhost';
    this.events = new Bus(() => this.clock.now(), options.failed ?? (() => {}));
    this.agenda = new Agenda(this.clock);
    this.fleet = options.fleet ?? new Fleet();
    this.sessions = new Sessions(this.fleet, this.events, this.clock);
    this.registry = new Registry(this);
    this.twins = new Twins(this);
    this.telemetry = new Telemetry(this.fleet, this.events, this.clock);
    this.bulk = new BulkRegistry(this);
    this.methods = new Methods(this);
    this.digitalTwins = new DigitalTwins(this);
    this.jobs = new Jobs(this);
    this.indexLag = new IndexLag(this.clock, options.indexLag);
    const late = {
      devices: this.indexLag.over(this.fleet.devices),
      modules: this.indexLag.over(this.fleet.modules),
    };
    const { devices, modules, jobs } = collectionsOf(late, this.indexLag.over(this.jobs.rows));
    const relations = options.relations ?? noRelations;
    this.queries = new Queries([
      new Shelf(devices, relations),
      new Shelf(modules, relations),
      new Shelf(jobs, relations),
    ]);
    this.configurations = new Configurations(this, options.configurationInterval ?? 0);
    this.lines = new RegistryLines(this);
    this.importExports = new ImportExportJobs(this, options.carrier ?? noCarrier);
    const { seed = 1, faults: rules = [] } = options;
    this.faults = new Faults({ clock: this.clock, events: this.events, seed, rules });
  }
}

const without = (): never => {
  throw new HubError('FeatureNotSupported', 'This hub was started without aggregates.');
};
const noCarrier: Carrier = {
  check: () => Promise.reject(new HubError('FeatureNotSupported', 'This hub was started without access to blobs.')),
  carry: () => () => {},
};
const noRelations: Relations = { group: without };
