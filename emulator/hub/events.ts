import type { ErrorCode } from '../../protocol/errors.ts';
import type { FaultEffect, FaultMatch, FaultOperation } from '../../protocol/fault.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { Bus, Stamped } from '../kernel/bus.ts';
import type { Configuration } from './configurations/configuration.ts';
import type { FileNotification } from './files/file-notification.ts';
import type { ImportExportJob } from './import-export/import-export-job.ts';
import type { Lag } from './index-lag/lag.ts';
import type { Job } from './jobs/job.ts';
import type { FeedbackBatch, FeedbackRecord } from './messaging/feedback-record.ts';
import type { NoticeEvent } from './messaging/notices.ts';
import type { Capability, CloseReason } from './messaging/session.ts';
import type { ClientRefusal } from './refusal.ts';
import type { Identity } from './registry/identity.ts';
import type { Twin } from './twins/twin.ts';
import type { TwinChange } from './twins/twin-change.ts';

/** What has happened; events of a change carry the new value. */
export type HubEvent =
  | IdentityEvent
  | TwinEvent
  | SessionEvent
  | MethodEvent
  | CloudToDeviceEvent
  | FeedbackEvent
  | FileEvent
  | { readonly type: 'input.sent'; readonly key: IdentityKey; readonly input: string; readonly message: Message }
  | FaultEvent
  /** A client was refused, or something that it sent. */
  | ({ readonly type: 'refused' } & ClientRefusal)
  | TierEvent
  | WholeHubEvent
  | Each<
      'configuration.created' | 'configuration.replaced' | 'configuration.deleted',
      { readonly configuration: Configuration }
    >
  | { readonly type: 'job.changed'; readonly job: Job }
  /** Without the order, which contains secrets. */
  | { readonly type: 'import-export.changed'; readonly jobId: string; readonly status: ImportExportJob['status'] }
  | TelemetryEvent
  | EndpointEvent;

/** A message of a device, and where it went: both lists are empty if no route took it. */
type TelemetryEvent = {
  readonly type: 'telemetry';
  readonly key: IdentityKey;
  readonly message: Message;
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
  /** Endpoints that did not get it, since it was too large after their enrichment. */
  readonly tooLargeFor?: readonly string[];
};

/** Messages on their way to an endpoint outside of the hub. */
type EndpointEvent = {
  readonly endpoint: string;
  readonly partition: number;
  readonly messages: number;
} /** `to`: where they are, if the endpoint has several places. */ & (
  | { readonly type: 'endpoint.delivered'; readonly attempt: number; readonly to?: string }
  | { readonly type: 'endpoint.failed'; readonly attempt: number; readonly problem: string }
  /** They are lost. */
  | { readonly type: 'endpoint.dropped'; readonly problem: string }
);

/** One event for each of several types. */
type Each<T extends string, E> = T extends string ? { readonly type: T } & E : never;

type IdentityEvent = Each<
  'identity.created' | 'identity.replaced' | 'identity.deleted',
  { readonly key: IdentityKey; readonly identity: Identity; readonly twin: Twin }
>;

type TwinEvent = { readonly key: IdentityKey; readonly twin: Twin } & (
  | { readonly type: 'twin.updated'; readonly patch: TwinChange }
  /** Other automatic configurations than before target the twin. */
  | { readonly type: 'twin.targeted' }
  | { readonly type: 'twin.replaced' }
  /** `text`: the patch as JSON, if it is at hand. */
  | { readonly type: 'twin.reported'; readonly patch: JsonObject; readonly text?: string | undefined }
  | { readonly type: 'twin.model-announced'; readonly modelId: string }
);

type SessionEvent = { readonly key: IdentityKey } & (
  | { readonly type: 'session.opened'; readonly protocol: string }
  | { readonly type: 'session.closed'; readonly reason: CloseReason }
  | Each<'session.subscribed' | 'session.unsubscribed', { readonly capability: Capability }>
);

type MethodEvent = { readonly key: IdentityKey; readonly requestId: string } & (
  | { readonly type: 'method.called'; readonly methodName: string; readonly payload: Json }
  | { readonly type: 'method.answered'; readonly status: number; readonly payload: Json }
  | { readonly type: 'method.failed'; readonly code: ErrorCode }
);

type CloudToDeviceEvent = { readonly key: IdentityKey } & (
  | (Each<
      | 'c2d.enqueued'
      | 'c2d.delivered'
      /** The device has processed it. */
      | 'c2d.completed'
      /** The device wants it again later. */
      | 'c2d.abandoned'
      /** The device does not want it. */
      | 'c2d.rejected'
      /** It was not settled in time, or its connection has ended; it is in its place again. */
      | 'c2d.released'
      | 'c2d.expired'
      /** It was abandoned too often. */
      | 'c2d.dead-lettered',
      unknown
    > & {
      /** Of the message, in the queue of the identity. */
      readonly sequenceNumber: number;
      /** How often it was abandoned. */
      readonly deliveryCount: number;
      readonly message: Message;
    })
  | { readonly type: 'c2d.purged'; readonly messages: number }
);

type FeedbackEvent =
  | { readonly type: 'feedback.recorded'; readonly key: IdentityKey; readonly record: FeedbackRecord }
  /** About a batch. */
  | Each<
      `feedback.${NoticeEvent}`,
      { readonly sequenceNumber: number; readonly deliveryCount: number; readonly records: FeedbackBatch }
    >;

/** About an upload. */
type FileEvent =
  | ({ readonly key: IdentityKey; readonly correlationId: string; readonly blobName: string } & (
      | Each<
          | 'file.requested'
          /** The device says that it has uploaded a blob that is not there. */
          | 'file.missing'
          /** The device has not ended it in time. */
          | 'file.expired',
          unknown
        >
      | { readonly type: 'file.uploaded'; readonly blobSizeInBytes: number }
      | {
          readonly type: 'file.failed';
          readonly statusCode: number | undefined;
          readonly statusDescription: string | undefined;
        }
    ))
  | Each<
      `file-notification.${NoticeEvent}`,
      { readonly sequenceNumber: number; readonly deliveryCount: number; readonly notification: FileNotification }
    >;

type FaultEvent =
  | {
      readonly type: 'fault.injected';
      readonly key: IdentityKey;
      readonly rule: string;
      readonly operation: FaultOperation;
      readonly effect: FaultEffect;
    }
  | { readonly type: 'fault.added'; readonly rule: string; readonly match: FaultMatch; readonly effect: FaultEffect }
  | { readonly type: 'fault.removed'; readonly rule: string }
  /** All rules are removed, or back to those of the start; `rules`: how many there are now. */
  | { readonly type: 'fault.reset'; readonly rules: number };

/** The tier of the hub has reached a limit. */
type TierEvent = { readonly key?: IdentityKey | undefined; readonly operation: string } & (
  | { readonly type: 'tier.refused'; readonly code: ErrorCode; readonly cause: string; readonly remedy: string }
  /** From now on such operations wait. */
  | { readonly type: 'tier.queued'; readonly cause: string }
);

type WholeHubEvent =
  | { readonly type: 'hub.imported'; readonly devices: number; readonly modules: number; readonly jobs: number }
  /** Identities, twins and rows of jobs were removed. */
  | { readonly type: 'hub.cleared' }
  /** The state was replaced as a whole. */
  | { readonly type: 'hub.restored' }
  /** The folder of the hub cannot be written: writes are refused. */
  | { readonly type: 'store.failed'; readonly cause: string; readonly remedy: string }
  /** It can be written again. */
  | { readonly type: 'store.recovered' }
  /** Earlier versions of an identity that cannot be read were dropped: its history begins again. */
  | { readonly type: 'history.lost'; readonly key: IdentityKey; readonly cause: string; readonly remedy: string }
  /** A virtual clock was advanced, by milliseconds. */
  | { readonly type: 'clock.advanced'; readonly ms: number }
  | { readonly type: 'index.lag-changed'; readonly lag: Lag }
  /** Queries see writes that they did not see before. */
  | { readonly type: 'index.released'; readonly writes: number };

/** An event as listeners get it. */
export type Published = Stamped<HubEvent>;

/** The bus of one hub. */
export type HubBus = Bus<HubEvent>;
