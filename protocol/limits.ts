/** Sizes in bytes, counts and depths that the hub enforces. */
export interface Limits {
  readonly tagsBytes: number;
  readonly desiredBytes: number;
  readonly reportedBytes: number;
  /** Nested levels below a section's root; arrays count. */
  readonly depth: number;
  readonly keyBytes: number;
  readonly stringBytes: number;
  readonly minInteger: number;
  readonly maxInteger: number;
  readonly idLength: number;
  readonly statusReasonLength: number;
  /** Devices and modules together. */
  readonly devices: number;
  readonly modulesPerDevice: number;
  readonly listMax: number;
  readonly bulkMax: number;
  readonly telemetryBytes: number;
  readonly cloudToDeviceBytes: number;
  readonly inboxSize: number;
  readonly methodPayloadBytes: number;
  readonly methodNameLength: number;
  /** Direct methods that one device or module may have waiting. */
  readonly methodsInFlight: number;
  readonly queryLength: number;
  readonly pageMax: number;
  readonly configurations: number;
  readonly activeJobs: number;
  /** Imports and exports of the registry. */
  readonly activeImportExports: number;
}

/**
 * `azure`: a standard-tier hub.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twin-size
 */
export const LIMITS = {
  azure: {
    tagsBytes: 8 * 1024,
    desiredBytes: 32 * 1024,
    reportedBytes: 32 * 1024,
    depth: 10,
    keyBytes: 1024,
    stringBytes: 4096,
    minInteger: -4_503_599_627_370_496,
    maxInteger: 4_503_599_627_370_495,
    idLength: 128,
    statusReasonLength: 128,
    devices: 1_000_000,
    modulesPerDevice: 50,
    listMax: 1000,
    bulkMax: 100,
    telemetryBytes: 256 * 1024,
    cloudToDeviceBytes: 64 * 1024,
    inboxSize: 50,
    methodPayloadBytes: 128 * 1024,
    methodNameLength: 100,
    // no document gives the number behind 403800
    methodsInFlight: 10,
    queryLength: 8192,
    pageMax: 100,
    configurations: 100,
    activeJobs: 10,
    activeImportExports: 1,
  },
} as const satisfies Record<string, Limits>;
