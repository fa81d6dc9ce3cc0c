import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../packages/execute.ts';
import { installedSet, pipFolder } from '../packages/sets.ts';
import { seeLibraries } from '../packages/virtual-environment.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PACKAGES = ['python-v1', 'python-testing'].map((name) => join(ROOT, 'clients', name));
const FOLDER = join(ROOT, 'node_modules', '.cache', 'python');

let made: Promise<string> | undefined;

/**
 * An interpreter that has Microsoft's packages, those for AMQP, our modules of v1 and our fixtures for pytest. Rejects if
 * `npm run foreign:prepare` has not fetched the others'.
 */
export const python = (): Promise<string> => {
  made ??= installOurs(installedSet('pip', 'microsoft'), installedSet('pip', 'amqp'));
  return made;
};

/** Installs the packages of this checkout, at the first call and after changes, without a download. */
const installOurs = async (microsoft: string, amqp: string): Promise<string> => {
  const interpreter = join(FOLDER, 'bin', 'python');
  const stamp = join(FOLDER, 'installed');
  const version = hash([microsoft, amqp, ...PACKAGES.flatMap(contents)]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return interpreter;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await execute(join(microsoft, 'bin', 'python'), ['-m', 'venv', '--without-pip', FOLDER]);
  seeLibraries(FOLDER, [microsoft, amqp, pipFolder()]);
  const offline = ['--quiet', '--disable-pip-version-check', '--no-index', '--no-deps', '--no-build-isolation'];
  await execute(interpreter, ['-m', 'pip', 'install', ...offline, ...PACKAGES]);
  writeFileSync(stamp, version);
  return interpreter;
};

const contents = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(py|toml|md)$/.test(name))
    .sort()
    .flatMap((name) => [name, readFileSync(join(folder, name), 'utf8')]);

const hash = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
