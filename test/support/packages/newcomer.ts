import { delimiter } from 'node:path';
import { execute } from './execute.ts';
import { fillFolder } from './install.ts';
import { printed } from './printed.ts';
import { cacheFolder, demandFolder } from './sets.ts';

/** The sections of docs/sdks.md that have a first program. */
export const SECTIONS = ['Node and TypeScript', 'Python', 'Java'] as const;
export type Section = (typeof SECTIONS)[number];

/** What a newcomer has: a shell and the language's tools, nothing of this test run's own. */
export const newcomerEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(IOTHUB_|NODE_OPTIONS$|npm_|INIT_CWD|VITEST)/.test(name)),
  ),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
});

/** Where the printed commands of a section have been run, or will be. */
export const printedFolder = (section: Section): string =>
  cacheFolder(`printed-${section.split(' ')[0]?.toLowerCase()}`, printed(section).first);

/** The folder in which the printed commands have installed something. Throws if they have not been run. */
export const installedAsPrinted = (section: Section): string =>
  demandFolder(printedFolder(section), `what docs/sdks.md installs under ${section}`);

/** Installs what a section says by the commands that it prints. */
export const installAsPrinted = (section: Section): Promise<void> =>
  fillFolder(printedFolder(section), (cwd) =>
    execute('bash', ['-e', '-c', printed(section).first], { cwd, env: newcomerEnvironment() }),
  );
