import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { REGISTRY_PACKAGES, type Registry, type RegistryPackage, type SetName } from './table.ts';

/** Packages of one registry that are installed together. */
export interface PackageSet {
  readonly registry: Registry;
  readonly name: string;
  readonly packages: readonly RegistryPackage[];
}

/** All sets of the table. */
export const allSets = (): PackageSet[] =>
  registries.flatMap((registry) => {
    const rows: readonly RegistryPackage[] = REGISTRY_PACKAGES[registry];
    const names = [...new Set(rows.map(({ set }) => set))];
    return names.map((name) => ({ registry, name, packages: rows.filter(({ set }) => set === name) }));
  });

const registries = Object.keys(REGISTRY_PACKAGES) as Registry[]; // a constant has no other keys

/** `jest 30.5.2, mocha 12.0.3` */
export const namesOf = ({ packages }: PackageSet): string =>
  packages.map(({ name, version }) => `${name} ${version}`).join(', ');

/** The Python that virtual environments are made of. */
export const PYTHON = process.env.PYTHON ?? 'python3';

const CACHE =
  process.env.IOTHUB_FOREIGN_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'iothub-emulator', 'foreign');

/** A folder of the cache that all checkouts of this user share; another `content` has another folder. */
export const cacheFolder = (name: string, content: string): string =>
  join(CACHE, `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`);

/** Where a set is installed, or will be. */
export const folderOf = (set: PackageSet): string => {
  const python = set.registry === 'pip' ? `${versionOfPython()} without pip` : '';
  return cacheFolder(`${set.registry}-${set.name}`, `${namesOf(set)} ${python}`);
};

/** Where pip is, for all virtual environments of the cache. */
export const pipFolder = (): string => cacheFolder('pip', versionOfPython());

const versionOfPython = (): string => execFileSync(PYTHON, ['--version'], { encoding: 'utf8' });

/** A set of the table. */
export const setOf = <R extends Registry>(registry: R, name: SetName<R>): PackageSet => {
  const set = allSets().find((candidate) => candidate.registry === registry && candidate.name === name);
  if (set === undefined) throw new Error(`${registry} has no set ${name}`);
  return set;
};

/** The folder of a set that is installed. Throws, and downloads nothing, if it is not. */
export const installedSet = <R extends Registry>(registry: R, name: SetName<R>): string => {
  const set = setOf(registry, name);
  return demandFolder(folderOf(set), namesOf(set));
};

/** Returns a folder of the cache. Throws if `npm run foreign:prepare` has not filled it. */
export const demandFolder = (folder: string, content: string): string => {
  if (existsSync(folder)) return folder;
  throw new Error(`not installed: ${content}. Run npm run foreign:prepare`);
};
