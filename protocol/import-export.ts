import * as z from 'zod';

const text = (name: string) => z.string(`${name} must be a string`).nullish();
const flag = (name: string) => z.boolean(`${name} must be true or false`).nullish();

/**
 * The body of a new import or export; what the hub makes up itself is ignored.
 * https://learn.microsoft.com/rest/api/iothub/service/jobs/create-import-export-job
 */
export const ImportExportRequest = z.object(
  {
    type: z.string('type is required'),
    inputBlobContainerUri: text('inputBlobContainerUri'),
    inputBlobName: text('inputBlobName'),
    outputBlobContainerUri: text('outputBlobContainerUri'),
    outputBlobName: text('outputBlobName'),
    excludeKeysInExport: flag('excludeKeysInExport'),
    includeConfigurations: flag('includeConfigurations'),
    configurationsBlobName: text('configurationsBlobName'),
  },
  'The request body must be a JSON object.',
);
