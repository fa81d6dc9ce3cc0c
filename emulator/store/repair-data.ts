import { Hub } from '../hub/hub.ts';
import { type Repaired, repairFolder } from './repair.ts';

/** Repairs a data folder that no emulator uses. Throws DataError. */
export const repairData = (folder: string): Promise<Repaired> =>
  repairFolder(folder, new Hub({ derive: () => '' }).changes); // nothing is made up: its key spaces are all that is needed
