import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import type { KeptHub } from '../store/kept-hub.ts';
import type { Progress } from '../store/restore.ts';

interface KeepParts {
  readonly hub: Hub;
  readonly log: Log;
  readonly progress: ((progress: Progress) => void) | undefined;
}

/** Fills the hub from the folder that the options name, if they do, which keeps it then. Throws DataError. */
export const keepHub = async (options: Options, { hub, log, progress }: KeepParts): Promise<KeptHub | undefined> => {
  const { data: folder, durability } = options;
  if (folder === undefined) return undefined;
  const { KeptHub } = await import('../store/kept-hub.ts'); // not needed for a hub in memory
  const kept = await KeptHub.open({ hub, folder, durability, log, progress });
  if (durability === 'fast')
    log.warn('Writes are answered before they are on disk', {
      cause: 'durability is fast: the last moments before a crash may be lost',
      remedy: 'use --durability sync, unless speed matters more',
    });
  if (kept.found !== undefined && hasSeed(options))
    log.warn('Ignored devices, seed and routing of the options', {
      cause: `${folder} has a hub already`,
      remedy: 'start with an empty folder, or add them with `iothub-emulator seed apply`',
    });
  if (kept.found !== undefined && isTime(options.clock))
    log.warn(`Ignored the time ${options.clock} of the options`, {
      cause: `${folder} has a hub already, with its own time`,
      remedy: 'start with an empty folder, or advance it with `iothub-emulator clock advance`',
    });
  return kept;
};

const isTime = (clock: string): boolean => clock !== 'system' && clock !== 'virtual';

const hasSeed = ({ seed, devices, routing }: Options): boolean =>
  seed !== undefined || routing !== undefined || devices.length > 0;
