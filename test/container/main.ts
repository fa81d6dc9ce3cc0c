// npm run test:container: builds the images of docker-compose.yml and tests them, with Docker where it runs. Else as root and with
// Buildah, in a network of its own; what that needs of Debian is installed first, with -- --apt.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installSet } from '../support/packages/install.ts';
import { debianNeeds, fetchAll, type Need } from '../support/packages/prepare.ts';
import { allSets, folderOf } from '../support/packages/sets.ts';
import { CONTAINER_PACKAGES } from '../support/packages/table.ts';
import { makeBaseImage } from './base-image.ts';
import { debianBase } from './debian-base.ts';
import { engine, hasDocker } from './engines.ts';

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'container'];

/** Beside 127.0.0.1, an address as of another machine: https://www.rfc-editor.org/rfc/rfc5737 */
const OTHER = '192.0.2.1';
const NETWORK = [
  'unshare',
  '--net',
  'sh',
  '-c',
  `ip link set lo up && ip address add ${OTHER} dev lo && exec "$@"`,
  'sh',
];

const node = (): Need[] =>
  allSets()
    .filter(({ name }) => name === 'node')
    .map((set) => ({ name: 'Node', isThere: () => existsSync(folderOf(set)), fetch: () => installSet(set) }));

const prepareBuildah = async (): Promise<void> => {
  const apt = process.argv.includes('--apt');
  for (const needs of [debianNeeds(apt, CONTAINER_PACKAGES), [...node(), debianBase()]]) {
    const reasons = await fetchAll(needs, console.log);
    if (reasons.length > 0) throw new Error(reasons.join('\n'));
  }
  await makeBaseImage();
};

if (!hasDocker()) await prepareBuildah();
await engine().build();
const env = { ...process.env, OTHER_ADDRESS: hasDocker() ? '127.0.0.1' : OTHER };
const [file = '', ...args] = [...(hasDocker() ? [] : NETWORK), process.execPath, ...VITEST];
process.exitCode = spawnSync(file, args, { stdio: 'inherit', env }).status ?? 1;
