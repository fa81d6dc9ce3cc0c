import * as z from 'zod';
import { Comparison } from './compare.ts';

/** The forms in which a seed is written: our own as JSON or YAML, the state file of the Azure CLI, the lines of an import job. */
export const SeedForm = z.enum(['json', 'yaml', 'state', 'devices.txt']);
export type SeedForm = z.infer<typeof SeedForm>;

const anonymized = {
  keys: z.enum(['kept', 'new']).default('kept').describe('new: without the keys, the hub generates others'),
  ids: z.enum(['kept', 'pseudonyms']).default('kept').describe('pseudonyms: device-1, module-1, …'),
};

export const ApplySeedQuery = z.strictObject({
  mode: z.enum(['merge', 'replace']).default('merge').describe('replace: in place of what the hub has'),
  seal: z.enum(['yes', 'no']).default('yes').describe('yes: a reset goes back to the state after the seed'),
  ...anonymized,
});
export const TrySeedQuery = ApplySeedQuery.omit({ seal: true }).extend({
  limit: z.coerce.number().int().min(0).max(10_000).default(20).describe('Each list ends with so many'),
});
export const SeedOutcome = Comparison.extend({
  configurations: z.array(z.string()).describe('The ids of those that the seed has'),
  notTaken: z.array(z.string()).describe('What the hub will not have of the hub that the file came from, in words'),
});
export type SeedOutcome = z.infer<typeof SeedOutcome>;
export const AppliedSeed = z.object({ devices: z.int(), modules: z.int(), configurations: z.int() });

export const ExportSeedQuery = z.strictObject({ form: SeedForm.default('json'), ...anonymized });

const documents = z.array(z.looseObject({})).optional();

/**
 * Twins as a service reads them, with metadata; rows of `devices.jobs`; identities with keys; sessions that last; messages to
 * devices; batches of feedback, and records that wait for their batch; files that the hub keeps itself.
 */
export const FleetDocument = z.object({
  devices: documents,
  modules: documents,
  jobs: documents,
  identities: documents,
  sessions: documents,
  messages: documents,
  feedback: documents,
  feedbackRecords: documents,
  files: documents.describe('Uploaded files, at most 16 MiB in all'),
  filesLeftOut: z.array(z.string()).optional().describe('The names of those that are not among them'),
});

export const ExportQuery = z.strictObject({ files: z.enum(['yes', 'no']).default('yes') });

export const ImportQuery = z.strictObject({
  mode: z.enum(['replace', 'merge']).default('replace').describe('merge: keeps what the hub has'),
});
export const Imported = z.object({ devices: z.int(), modules: z.int(), jobs: z.int() });

/** As the service API gives it: https://learn.microsoft.com/rest/api/iothub/service/devices/get-twin */
export const TwinDocument = z.looseObject({});
