import { HubError } from '../../protocol/errors.ts';
import type { FaultRule } from '../../protocol/fault.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Tier } from '../../protocol/tier.ts';
import type { Clock } from '../kernel/clock.ts';
import type { FileStorage } from './files/file-storage.ts';
import type { Derive } from './ids.ts';
import type { BlobTransfer } from './import-export/import-export-jobs.ts';
import type { Lag } from './index-lag/lag.ts';
import type { CloudToDeviceSettings } from './messaging/cloud-to-device.ts';
import type { Relations } from './query/relations.ts';
import type { Egress } from './routing/egress.ts';
import type { Snapshot } from './snapshots/snapshot.ts';

export interface HubOptions {
  readonly clock?: Clock;
  /** Decides etags, generation ids and keys. */
  readonly seed?: number;
  readonly derive: Derive;
  /** The host name in error messages. */
  readonly hostName?: string;
  readonly limits?: Limits;
  /** The tier whose throttles and quotas apply; none by default. Its limits are part of `limits`. */
  readonly tier?: Tier | undefined;
  /** Groups and aggregates rows for queries; without it, queries with aggregates are refused. */
  readonly relations?: Relations;
  /** Milliseconds between evaluations of automatic configurations; 0, the default: after each change. */
  readonly configurationInterval?: number;
  /** How messages to devices are kept; as on the service by default. */
  readonly cloudToDevice?: CloudToDeviceSettings;
  /** When queries see a write; at once by default. */
  readonly indexLag?: Lag;
  /** Access to blobs for imports and exports; without it, they are refused. */
  readonly blobTransfer?: BlobTransfer;
  /** Where devices upload files; without it, uploads are refused. */
  readonly fileStorage?: FileStorage;
  /** How messages leave the hub; without it, endpoints outside of the hub are refused. */
  readonly egress?: Egress;
  /** The state to begin with; an empty hub if not given. */
  readonly start?: Snapshot;
  /** Partitions of each event hub; default 4. */
  readonly partitions?: number;
  /** Consumer groups besides `$Default`; `*` admits every name. */
  readonly consumerGroups?: readonly string[];
  /** How many versions of each twin and identity are kept; 100 by default, 0 for none. */
  readonly history?: number;
  /** Fault rules of the start, which a reset brings back. */
  readonly faults?: readonly FaultRule[];
  /** The options that decide what it does, for traces. */
  readonly settings?: JsonObject;
  /** Gets what a listener of events or changes throws. */
  readonly failed?: (error: unknown) => void;
}

// https://learn.microsoft.com/azure/iot-hub/iot-hub-scaling#partitions
export const DEFAULT_PARTITIONS = 4;

/** Groups nothing. */
export const noRelations: Relations = {
  group: () => {
    throw new HubError('FeatureNotSupported', 'This hub was started without aggregates.');
  },
};

/** Transfers nothing. */
export const noBlobs: BlobTransfer = {
  check: () => Promise.reject(new HubError('FeatureNotSupported', 'This hub was started without access to blobs.')),
  transfer: () => () => {},
};

/** Sends nothing. */
export const noEgress: Egress = {
  refuse: () => 'this hub was started without endpoints outside of it',
  send: () => () => {},
};
