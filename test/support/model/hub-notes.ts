// The state of a hub and the rules of its documentation, independent of the product. Tests compare sequences of
// operations with it.

export type Match = 'none' | 'any' | 'current' | 'stale';
export type Outcome = 'ok' | (string & {});

/**
 * The outcome of a write, by If-Match and by whether the target exists.
 * https://learn.microsoft.com/rest/api/iothub/service/devices/create-or-update-identity and …/delete-identity
 */
export const PUT = {
  none: { there: 'Exists', gone: 'created' },
  any: { there: 'replaced', gone: 'NotFound' },
  current: { there: 'replaced', gone: 'NotFound' },
  stale: { there: 'PreconditionFailed', gone: 'NotFound' },
} as const;
export const DELETE = {
  none: { there: 'PreconditionFailed', gone: 'PreconditionFailed' },
  any: { there: 'deleted', gone: 'NotFound' },
  current: { there: 'deleted', gone: 'NotFound' },
  stale: { there: 'PreconditionFailed', gone: 'NotFound' },
} as const;
export const WRITE_TWIN = {
  none: { there: 'written', gone: 'NotFound' },
  any: { there: 'written', gone: 'NotFound' },
  current: { there: 'written', gone: 'NotFound' },
  stale: { there: 'PreconditionFailed', gone: 'NotFound' },
} as const;

/**
 * How much each event increases the counters of a twin: etag, desired `$version`, reported `$version`.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
 */
export const COUNTS = {
  created: [1, 1, 1],
  tags: [1, 0, 0],
  desired: [1, 1, 0],
  replaced: [1, 1, 0],
  reported: [0, 0, 1],
  identity: [0, 0, 0],
} as const;

/** Small, so that random sequences reach them. */
export const LIMIT = { modulesPerDevice: 2, configurations: 2, activeJobs: 2 };

/** Devices and modules that exist from the start. */
export const STOCK = ['d1', 'd2', 'd1/m1'];

export const MINUTE = 60_000;
export const METHOD_TIMEOUT = 30_000;

export interface TwinNote {
  counters: [number, number, number];
  group: string | undefined;
  desired: Record<string, unknown>;
  marks: Record<string, 'Applied' | 'Targeted'>;
  /** Whether the device is connected, and how it treats method calls. */
  line: 'away' | 'answers' | 'silent';
  /** The versions of desired properties that the device has received. */
  heard: number[];
}

export interface JobNote {
  readonly type: 'scheduleUpdateTwin' | 'scheduleDeviceMethod';
  readonly group: string;
  readonly startAt: number;
  status: string;
  succeeded: number;
  failed: number;
  /** Devices that have not answered. */
  waiting: Set<string>;
}

export interface ConfigurationNote {
  group: string;
  priority: number;
  readonly rate: number;
  readonly order: number;
  etag: number;
}

/** A new twin. */
export const newNote = (): TwinNote => ({
  counters: [...COUNTS.created],
  group: undefined,
  desired: {},
  marks: {},
  line: 'away',
  heard: [],
});

/** The hub's name of an outcome. */
export const named = (outcome: string, what: 'Device' | 'Module' | 'Configuration'): Outcome => {
  if (outcome === 'NotFound') return `${what}NotFound`;
  return outcome === 'Exists' ? `${what}AlreadyExists` : outcome;
};

/** Increases the counters of a twin. */
export const count = (twin: TwinNote, event: keyof typeof COUNTS): void => {
  const [etag, desired, reported] = COUNTS[event];
  const [a, b, c] = twin.counters;
  twin.counters = [a + etag, b + desired, c + reported];
};

/** A connected device receives its desired properties. */
export const tell = (twin: TwinNote): void => {
  if (twin.line !== 'away') twin.heard.push(twin.counters[1]);
};

/** The hub wrote desired properties. */
export const wrote = (twin: TwinNote): void => {
  count(twin, 'desired');
  tell(twin);
};

/** A device of a job will not answer any more. */
export const giveUp = (job: JobNote, id: string): void => {
  job.waiting.delete(id);
  job.failed += 1;
  if (job.waiting.size === 0) job.status = 'completed';
};

export const set = (values: Record<string, unknown>, name: string, value: unknown): void => {
  if (value === undefined) delete values[name];
  else values[name] = value;
};

export const sorted = (marks: Record<string, string>): [string, string][] =>
  Object.entries(marks).sort(([a], [b]) => (a < b ? -1 : 1));

/** All configurations set the same path: only the first one is applied. */
export const marksOf = (names: readonly string[]): TwinNote['marks'] =>
  Object.fromEntries(names.map((name, i) => [name, i === 0 ? ('Applied' as const) : ('Targeted' as const)]));

/** The configurations that target a device, the winning one first. */
export const targetingOf = (
  { group }: TwinNote,
  configurations: ReadonlyMap<string, ConfigurationNote>,
): [string, ConfigurationNote][] =>
  [...configurations]
    .filter(([, configuration]) => configuration.group === group)
    .sort(([, a], [, b]) => b.priority - a.priority || b.order - a.order);
