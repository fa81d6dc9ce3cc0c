import type { RestApi } from '../shared/rest-api.ts';
import { configurationsOf } from './configurations.ts';
import { devicesOf } from './devices.ts';
import { importExportJobsOf } from './import-export-jobs.ts';
import { modulesOf } from './modules.ts';
import type { TwinApi } from './twin.ts';
import { twinsOf } from './twins.ts';

/** The REST operations of a registry, by subject; twins use `api` to refresh and update themselves. */
export const operationsOf = (rest: RestApi, api: TwinApi) => ({
  devices: devicesOf(rest),
  modules: modulesOf(rest),
  configurations: configurationsOf(rest),
  jobs: importExportJobsOf(rest),
  twins: twinsOf(rest, api),
});

export type Operations = ReturnType<typeof operationsOf>;
