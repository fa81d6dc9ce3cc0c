import * as z from 'zod';
import type { Operations } from './operation.ts';

const FileList = z.array(
  z.object({
    blobName: z.string(),
    state: z.enum(['uploading', 'uploaded']).describe('uploading: the device has a place and has not ended the upload'),
    size: z.int().nullable().describe('In bytes; null if nothing is there'),
    lastUpdatedTime: z.string().nullable(),
    notification: z.enum(['waiting', 'none']).describe('waiting: no service app has taken it'),
    isKept: z.boolean().describe('true if the hub keeps the file itself'),
  }),
);
export type FileList = z.infer<typeof FileList>;

/** Files that devices upload. */
export const FILE_OPERATIONS = {
  'GET /files/:deviceId': { summary: 'The files of a device, those that are being uploaded too', answer: FileList },
  'GET /files/:deviceId/content': {
    summary: 'A file that the hub keeps itself',
    query: z.strictObject({ name: z.string().describe('The name of its blob') }),
    produces: ['application/octet-stream'],
  },
} as const satisfies Operations;
