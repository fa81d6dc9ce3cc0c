import type { Route } from '../route.ts';
import { configurations } from './configurations.ts';
import { devices } from './devices.ts';
import { digitalTwins } from './digital-twins.ts';
import { importExport } from './import-export.ts';
import { jobs } from './jobs.ts';
import { methods } from './methods.ts';
import { modules } from './modules.ts';
import { query } from './query.ts';
import { statistics } from './statistics.ts';
import { twins } from './twins.ts';

/** Every operation of the service that this server knows. */
export const ROUTES: readonly Route[] = [
  ...statistics,
  ...devices,
  ...query,
  ...modules,
  ...twins,
  ...methods,
  ...jobs,
  ...importExport,
  ...configurations,
  ...digitalTwins,
];
