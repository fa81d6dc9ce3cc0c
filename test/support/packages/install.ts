import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from './execute.ts';
import { folderOf, type PackageSet, PYTHON, pipFolder } from './sets.ts';
import type { Registry, RegistryPackage } from './table.ts';
import { seeLibraries } from './virtual-environment.ts';

type Install = (packages: readonly RegistryPackage[], folder: string) => Promise<void>;

// no script of a package runs: some of them download more
const NPM = ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];

const installNpm: Install = (packages, folder) =>
  execute('npm', [...NPM, '--prefix', folder, ...packages.map(({ name, version }) => `${name}@${version}`)]);

const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];

let madePip: Promise<void> | undefined;

// one copy of pip for all environments: to make one with pip takes most of the time that its packages take
const makePip = async (): Promise<void> => {
  if (!existsSync(pipFolder())) await fillFolder(pipFolder(), (folder) => execute(PYTHON, ['-m', 'venv', folder]));
};

const installPip: Install = async (packages, folder) => {
  madePip ??= makePip().finally(() => {
    madePip = undefined;
  });
  await madePip;
  await execute(PYTHON, ['-m', 'venv', '--without-pip', folder]);
  seeLibraries(folder, [pipFolder()]);
  const wanted = packages.map(({ name, version }) => `${name}==${version}`);
  await execute(join(folder, 'bin', 'python'), [...PIP, ...wanted]);
};

// the version of Debian 12's Maven, named so that the result does not change with the newest
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies';

const installMaven: Install = async (packages, folder) => {
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, project(packages));
  await execute('mvn', ['-q', '-B', '-f', pom, COPY, `-DoutputDirectory=${folder}`]);
};

const project = (packages: readonly RegistryPackage[]): string => {
  const dependencies = packages.map(({ name, version }) => {
    const [group, artifact] = name.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>foreign</groupId><artifactId>packages</artifactId><version>1</version>
<dependencies>
${dependencies.join('\n')}
</dependencies>
</project>
`;
};

const INSTALLERS: Readonly<Record<Registry, Install>> = { npm: installNpm, pip: installPip, maven: installMaven };

/** Installs a set, all of it or nothing. Rejects with what the package manager printed. */
export const installSet = (set: PackageSet): Promise<void> =>
  fillFolder(folderOf(set), (folder) => INSTALLERS[set.registry](set.packages, folder));

/** Makes a folder of the cache, which appears only when `fill` has filled it. */
export const fillFolder = async (folder: string, fill: (folder: string) => Promise<void>): Promise<void> => {
  const unfinished = `${folder}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    await fill(unfinished);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
};
