import type { Routing } from '../../protocol/routing.ts';
import type { ChangeFeed, ChangeOf } from '../kernel/change-feed.ts';
import type { Timer } from '../kernel/scheduler.ts';
import type { Configuration, Counted } from './configurations/configuration.ts';
import type { EvaluationProgress } from './configurations/configuration-scheduler.ts';
import type { DeviceTemplate } from './device-templates.ts';
import type { PartitionEnd } from './event-stream/partition-end.ts';
import type { StreamEvent } from './event-stream/stream-event.ts';
import type { ActiveFault } from './faults.ts';
import type { Blob, Block } from './files/blob.ts';
import type { FileNotification } from './files/file-notification.ts';
import type { FileUpload } from './files/file-upload.ts';
import type { Member } from './fleet/member.ts';
import type { Since } from './history/version.ts';
import type { VersionList } from './history/version-list.ts';
import type { ImportExportJob } from './import-export/import-export-job.ts';
import type { Lag } from './index-lag/lag.ts';
import type { DeviceJob } from './jobs/device-job.ts';
import type { Job } from './jobs/job.ts';
import type { JobRun } from './jobs/job-runs.ts';
import type { QueuedMessage } from './messaging/cloud-to-device.ts';
import type { FeedbackBatch, PendingRecord } from './messaging/feedback-record.ts';
import type { Queued } from './messaging/locked-queue.ts';
import type { Listening } from './messaging/session.ts';
import type { EndpointHealth } from './routing/endpoint-health.ts';
import type { OutboxProgress } from './routing/outbox-progress.ts';
import type { Level } from './tiers/bucket.ts';
import type { Used } from './tiers/used.ts';

/** The key spaces of a hub: all of its state except sessions and method calls, which last as long as connections. */
export interface HubSpaces {
  /** By device id. */
  readonly devices: Member;
  /** By `deviceId/moduleId`. */
  readonly modules: Member;
  readonly jobs: Job;
  /** How far running jobs are, by job id. */
  readonly 'job-runs': JobRun;
  /** Rows of `devices.jobs`. */
  readonly 'job-rows': DeviceJob;
  readonly configurations: Configuration;
  /** Every id that a configuration ever had, with the latest number. */
  readonly 'configuration-orders': number;
  /** Counted metrics, where configurations are evaluated in rounds. */
  readonly 'configuration-results': Counted;
  readonly 'configuration-progress': EvaluationProgress;
  /** Identities whose twins changed and are not evaluated yet. */
  readonly 'configuration-queue': true;
  readonly 'import-exports': ImportExportJob;
  /** What identities with a session that can be resumed listen to. */
  readonly subscriptions: Listening;
  /** Events that can be read, by event hub, partition and number. */
  readonly 'stream-events': StreamEvent;
  /** How far each partition has come. */
  readonly 'stream-ends': PartitionEnd;
  /** Routes, endpoints and enrichments, if they are others than at the start. */
  readonly routing: Routing;
  /** Where messages went. */
  readonly 'routing-counts': number;
  /** How far each partition of an endpoint outside of the hub has come. */
  readonly outbox: OutboxProgress;
  /** Of endpoints outside of the hub. */
  readonly 'endpoint-health': EndpointHealth;
  /** Messages to devices and modules, by identity and number. */
  readonly inbox: QueuedMessage;
  /** The latest number of each identity that has had messages. */
  readonly 'inbox-numbers': number;
  /** Batches of feedback, by number. */
  readonly feedback: Queued<FeedbackBatch>;
  readonly 'feedback-numbers': number;
  /** Feedback that is not in a batch yet. */
  readonly 'feedback-records': PendingRecord;
  /** Uploads that have not ended, by correlation id. */
  readonly 'file-uploads': FileUpload;
  readonly 'file-notifications': Queued<FileNotification>;
  readonly 'file-notifications-numbers': number;
  /** Uploaded files, by name. */
  readonly blobs: Blob;
  /** Blocks that are in no blob yet. */
  readonly 'blob-blocks': Block;
  readonly timers: Timer;
  /** Random streams and counters behind ids. */
  readonly ids: number | string;
  readonly faults: ActiveFault;
  readonly 'fault-sequences': number | string;
  readonly 'index-lag': Lag;
  /** Earlier versions of identities and twins, by identity. */
  readonly history: VersionList;
  /** Since when there are such. */
  readonly 'history-since': Since;
  /** Templates of simulated devices, by name. */
  readonly 'device-templates': DeviceTemplate;
  /** What clients have used, by throttle. */
  readonly usage: Used;
  /** What has passed each throttle of the tier. */
  readonly throttles: Level;
  /** The time of a virtual clock, ms since 1970. */
  readonly clock: number;
}

export type HubChange = ChangeOf<HubSpaces>;
export type HubChanges = ChangeFeed<HubChange>;
