import { HubError } from '../../../protocol/errors.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { readEnvelope } from '../envelope.ts';
import { ImportExportRequest } from './import-export-schema.ts';

/** What the caller ordered. Blobs have names in containers; containers have URLs with credentials. */
export type ImportExportOrder = {
  /** The container for an export, or for the error log of an import. */
  readonly output: string;
  /** The blob of automatic configurations, undefined to leave them out. */
  readonly configurations: string | undefined;
} & (
  | { readonly type: 'import'; readonly input: string; readonly devices: string }
  | { readonly type: 'export'; readonly devices: string; readonly excludeKeys: boolean }
);

/** An import or export of the registry. Immutable; times in ms on the hub's clock. */
export interface ImportExportJob {
  readonly jobId: string;
  readonly order: ImportExportOrder;
  readonly status: 'enqueued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly failureReason: string | undefined;
}

/** Reads the body of a new job. Throws ArgumentInvalid, GenericBadRequest, BlobContainerValidationError. */
export const readOrder = (body: Json): ImportExportOrder => {
  const request = readEnvelope(ImportExportRequest, body);
  const type = request.type.toLowerCase();
  if (type !== 'import' && type !== 'export') throw new HubError('GenericBadRequest', 'BadRequest');
  const output = request.outputBlobContainerUri;
  if (!output) throw new HubError('BlobContainerValidationError', 'Unauthorized to write to output blob container');
  const configurations = request.includeConfigurations
    ? request.configurationsBlobName || DEFAULT_CONFIGURATIONS
    : undefined;
  if (type === 'export')
    return {
      type,
      output,
      configurations,
      devices: request.outputBlobName || DEFAULT_DEVICES,
      excludeKeys: request.excludeKeysInExport ?? false,
    };
  const input = request.inputBlobContainerUri;
  if (!input)
    throw new HubError('BlobContainerValidationError', 'Failed to read devices blob from the input container.');
  return { type, output, configurations, input, devices: request.inputBlobName || DEFAULT_DEVICES };
};

export const isActive = ({ status }: ImportExportJob): boolean => status === 'enqueued' || status === 'running';

/**
 * The record, members in the order of the service. URLs of containers are left out, since they are secrets.
 * https://learn.microsoft.com/rest/api/iothub/service/jobs/get-import-export-job
 */
export const renderImportExportJob = (job: ImportExportJob): JsonObject => {
  const { order } = job;
  return {
    jobId: job.jobId,
    ...(job.startedAt === undefined ? {} : { startTimeUtc: timestamp(job.startedAt) }),
    ...(job.endedAt === undefined ? {} : { endTimeUtc: timestamp(job.endedAt) }),
    type: order.type,
    status: job.status,
    progress: job.status === 'completed' ? 100 : 0,
    ...(order.type === 'import' ? { inputBlobContainerUri: '', inputBlobName: order.devices } : {}),
    outputBlobContainerUri: '',
    ...(order.type === 'export' ? { outputBlobName: order.devices } : {}),
    excludeKeysInExport: order.type === 'export' && order.excludeKeys,
    failureReason: job.failureReason ?? null,
    includeConfigurations: order.configurations !== undefined,
    ...(order.configurations === undefined ? {} : { configurationsBlobName: order.configurations }),
  };
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
const DEFAULT_DEVICES = 'devices.txt';
const DEFAULT_CONFIGURATIONS = 'configurations.txt';
