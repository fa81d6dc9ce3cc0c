import * as z from 'zod';
import { optionalText } from '../envelope.ts';

const flag = (name: string) => z.boolean(`${name} must be true or false`).nullish();

/**
 * The body of a new import or export; members that only the hub sets are ignored.
 * https://learn.microsoft.com/rest/api/iothub/service/jobs/create-import-export-job
 */
export const ImportExportRequest = z.object(
  {
    type: z.string('type is required'),
    inputBlobContainerUri: optionalText('inputBlobContainerUri'),
    inputBlobName: optionalText('inputBlobName'),
    outputBlobContainerUri: optionalText('outputBlobContainerUri'),
    outputBlobName: optionalText('outputBlobName'),
    excludeKeysInExport: flag('excludeKeysInExport'),
    includeConfigurations: flag('includeConfigurations'),
    configurationsBlobName: optionalText('configurationsBlobName'),
  },
  'The request body must be a JSON object.',
);
