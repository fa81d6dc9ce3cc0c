import type { HubRoute } from '../route.ts';
import { configurations } from './configurations.ts';
import { deviceMessages } from './device-messages.ts';
import { devices } from './devices.ts';
import { digitalTwins } from './digital-twins.ts';
import { files } from './files.ts';
import { importExport } from './import-export.ts';
import { jobs } from './jobs.ts';
import { messages } from './messages.ts';
import { methods } from './methods.ts';
import { modules } from './modules.ts';
import { query } from './query.ts';
import { statistics } from './statistics.ts';
import { twins } from './twins.ts';

/** Every operation that the server supports. */
export const ROUTES: readonly HubRoute[] = [
  ...statistics,
  ...devices,
  ...query,
  ...modules,
  ...twins,
  ...methods,
  ...messages,
  ...deviceMessages,
  ...files,
  ...jobs,
  ...importExport,
  ...configurations,
  ...digitalTwins,
];
