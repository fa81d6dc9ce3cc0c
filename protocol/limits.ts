/** What a hub enforces. The name of each limit ends with its unit, or it is a count. */
export interface Limits {
  /** Devices and modules together. */
  readonly devices: number;
  readonly modulesPerDevice: number;
  /** Characters of the id of a device, module or configuration. */
  readonly idLength: number;
  /** Characters. */
  readonly statusReasonLength: number;
  /** Devices that one request can list. */
  readonly listMax: number;
  /** Devices in one bulk request. */
  readonly bulkMax: number;
  /** Imports and exports of the registry at the same time. */
  readonly activeImportExports: number;

  /** Bytes of a twin's tags, as the service counts them. */
  readonly tagsBytes: number;
  readonly desiredBytes: number;
  readonly reportedBytes: number;
  /** Nested levels below the root of a twin's section; arrays count. */
  readonly depth: number;
  /** UTF-8 bytes of a property's name. */
  readonly keyBytes: number;
  /** UTF-8 bytes of a property's string value. */
  readonly stringBytes: number;
  readonly minInteger: number;
  readonly maxInteger: number;

  /** Bytes of a device-to-cloud message or batch: bodies and properties. */
  readonly telemetryBytes: number;
  /** Bytes of a cloud-to-device message: body and properties. */
  readonly cloudToDeviceBytes: number;
  /** Cloud-to-device messages that wait for one device. */
  readonly inboxSize: number;

  /** File uploads of one device that have not ended. */
  readonly activeFileUploads: number;

  /** Bytes of the payload of a method call, as JSON, and of its response. */
  readonly methodPayloadBytes: number;
  /** Characters. */
  readonly methodNameLength: number;
  /** Direct methods that wait for one device or module at the same time. */
  readonly methodsInFlight: number;

  /** Characters of a query or of a condition. */
  readonly queryLength: number;
  /** Rows on a page; a request for more gets a page of this size. */
  readonly pageMax: number;

  /** Automatic configurations of a hub. */
  readonly configurations: number;
  /** Custom metrics of a configuration. */
  readonly metricsPerConfiguration: number;

  /** Scheduled jobs that are not finished. */
  readonly activeJobs: number;
  /** How far ahead a job can be scheduled, in ms. */
  readonly jobAheadMs: number;

  /** Routes of a hub. */
  readonly routes: number;
  /** Endpoints besides the built-in one. */
  readonly routingEndpoints: number;
  readonly enrichments: number;
  /** Characters of the name of a route or endpoint. */
  readonly routingNameLength: number;
}

export const DAY_MS = 24 * 3_600_000;

const AZURE: Limits = {
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
  devices: 1_000_000,
  modulesPerDevice: 50,
  listMax: 1000,
  bulkMax: 100,
  activeImportExports: 1,
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
  idLength: 128,
  statusReasonLength: 128,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twin-size
  tagsBytes: 8 * 1024,
  desiredBytes: 32 * 1024,
  reportedBytes: 32 * 1024,
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#tags-and-properties-format
  depth: 10,
  keyBytes: 1024,
  stringBytes: 4096,
  minInteger: -4_503_599_627_370_496,
  maxInteger: 4_503_599_627_370_495,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
  telemetryBytes: 256 * 1024,
  cloudToDeviceBytes: 64 * 1024,
  inboxSize: 50,
  activeFileUploads: 10,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods
  methodPayloadBytes: 128 * 1024,
  methodNameLength: 100,
  // UNCERTAIN: no document gives the number of error 403800
  methodsInFlight: 10,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#get-started
  queryLength: 8192,
  // https://learn.microsoft.com/azure/iot-hub/query-twins
  pageMax: 100,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
  configurations: 100,
  metricsPerConfiguration: 5,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
  activeJobs: 10,
  jobAheadMs: 7 * DAY_MS,

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
  routes: 100,
  routingEndpoints: 10,
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview
  enrichments: 10,
  // https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routeproperties
  routingNameLength: 64,
};

const NONE: Limits = {
  // the keys of AZURE are those of Limits
  ...(Object.fromEntries(Object.keys(AZURE).map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
    keyof Limits,
    number
  >),
  minInteger: Number.NEGATIVE_INFINITY,
  // JSON.stringify and other recursive functions overflow the stack at some thousand levels
  depth: 500,
};

/** `azure`: a hub of the standard tier. `none`: a hub that accepts any size and number, but not any depth. */
export const LIMITS = { azure: AZURE, none: NONE } as const satisfies Record<string, Limits>;

/**
 * How long a finished job, import or export can be read, in ms.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
 */
export const JOB_HISTORY_MS = 30 * DAY_MS;
