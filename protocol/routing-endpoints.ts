import * as z from 'zod';

/** Members that say how the service reaches its endpoints are ignored. */
export const EventHubEndpoint = z.object({ name: z.string() });

/** https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routingstoragecontainerproperties */
export const StorageEndpoint = z.lazy(() =>
  z.object({
    name: z.string(),
    connectionString: z
      .string()
      .optional()
      .describe('Of a storage account; UseDevelopmentStorage=true is Azurite on its usual port'),
    endpointUri: z
      .string()
      .optional()
      .describe('Instead: the URL of a storage account with a SAS; without containerName, that of a container'),
    containerName: z.string().optional(),
    fileNameFormat: z.string().default('{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}'),
    batchFrequencyInSeconds: z.int().min(1).max(720).default(300).describe('The service takes 60 to 720'),
    maxChunkSizeInBytes: z.int().min(10_485_760).max(524_288_000).default(314_572_800),
    encoding: z.enum(['avro', 'avrodeflate', 'JSON', 'Avro', 'AvroDeflate', 'json']).default('avro'),
  }),
);
export type StorageEndpoint = Readonly<z.infer<typeof StorageEndpoint>>;

/**
 * A subscription of Event Grid, in the names of its resource.
 * https://learn.microsoft.com/azure/templates/microsoft.eventgrid/eventsubscriptions
 */
export const WebhookEndpoint = z.lazy(() =>
  z.object({
    name: z.string(),
    endpointUrl: z.string().describe('On loopback, or on a host of the option allowWebhook'),
    eventDeliverySchema: z.enum(['EventGridSchema', 'CloudEventSchemaV1_0']).default('EventGridSchema'),
    maxEventsPerBatch: z.int().min(1).max(5000).default(1),
    retryPolicy: z
      .object({
        maxDeliveryAttempts: z.int().min(1).max(30).default(30),
        eventTimeToLiveInMinutes: z.int().min(1).max(1440).default(1440),
      })
      .prefault({}),
    validation: z.enum(['on', 'off']).default('on').describe('off leaves out the validation handshake'),
  }),
);
export type WebhookEndpoint = Readonly<z.infer<typeof WebhookEndpoint>>;
