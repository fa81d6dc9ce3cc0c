import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execute } from '../support/packages/execute.ts';
import { fillFolder } from '../support/packages/install.ts';
import { cacheFolder, installedSet } from '../support/packages/sets.ts';
import { NODE_PACKAGE } from '../support/packages/table.ts';
import { run } from './buildah.ts';
import { baseOfDockerfile, debianFolder } from './debian-base.ts';

/** Makes the image that the Dockerfile begins with, of the same parts: Debian's packages, Node, and a user `node`. */
export const makeBaseImage = async (): Promise<void> => {
  const { name } = baseOfDockerfile();
  const debian = debianFolder();
  const root = join(cacheFolder('container-base', `${name} ${debian}`), 'root');
  if (!existsSync(root)) await fillFolder(dirname(root), (folder) => fill(join(folder, 'root'), debian));
  if (await hasImage(name)) return;
  const container = await run('from', 'scratch');
  await run('add', container, root, '/');
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const extra = process.env.NODE_EXTRA_CA_CERTS === undefined ? [] : ['--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`];
  await run('config', '--env', `PATH=${path}`, ...extra, container);
  await run('commit', '--rm', container, name);
};

const hasImage = (name: string): Promise<boolean> =>
  run('inspect', '--type', 'image', name).then(
    () => true,
    () => false,
  );

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

const fill = async (root: string, debian: string): Promise<void> => {
  await execute('cp', ['-a', debian, root]);
  copyFileSync(newestNode(), join(root, 'usr/local/bin/node'));
  const npm = join(root, 'usr/local/lib/node_modules/npm');
  mkdirSync(dirname(npm), { recursive: true });
  cpSync(npmFolder(), npm, { recursive: true });
  for (const program of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${program}-cli.js`, join(root, 'usr/local/bin', program));
  // the way to the registries that this machine has
  copyFileSync(process.env.NODE_EXTRA_CA_CERTS ?? CERTIFICATES, join(root, CERTIFICATES));
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, join(root, file));
  execFileSync('chroot', [root, 'useradd', '--create-home', '--uid', '1000', 'node']);
};

/** Node's program, of the newest line with long-term support. */
const newestNode = (): string => join(installedSet('npm', 'node'), 'node_modules', NODE_PACKAGE, 'bin/node');

const npmFolder = (): string =>
  dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
