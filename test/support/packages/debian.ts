import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execute } from './execute.ts';
import type { DebianPackage } from './table.ts';

/** The packages of a list that this machine lacks. */
export const missingFrom = (packages: readonly DebianPackage[]): DebianPackage[] =>
  packages.filter(({ name, program }) => !(program === undefined ? isInstalled(name) : isOnPath(program)));

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const isInstalled = (name: string): boolean => {
  try {
    return execFileSync('dpkg-query', ['-W', '-f=${Status}', name], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .endsWith(' installed');
  } catch {
    return false;
  }
};

/** Installs packages of Debian; needs root. Rejects with what apt printed. */
export const installDebian = async (packages: readonly DebianPackage[]): Promise<void> => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await execute('apt-get', ['update', '-qq'], { env });
  const names = packages.map(({ name }) => name);
  await execute('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
};
