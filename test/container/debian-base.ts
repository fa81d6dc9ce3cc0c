import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execute } from '../support/packages/execute.ts';
import { fillFolder } from '../support/packages/install.ts';
import type { Need } from '../support/packages/prepare.ts';
import { cacheFolder } from '../support/packages/sets.ts';
import { CHECKOUT } from './compose.ts';

/** The image that the Dockerfile begins with, and the release of Debian in it. */
export const baseOfDockerfile = () => {
  const file = readFileSync(new URL('Dockerfile', CHECKOUT), 'utf8');
  const [, name = '', suite = ''] = /^FROM (node:\d+-(\w+)-slim) /m.exec(file) ?? [];
  return { name: `docker.io/library/${name}`, suite };
};

/** Node needs the second. */
const PACKAGES = 'ca-certificates,libatomic1';

/** The folder of that release, without Node. */
export const debianFolder = (): string => {
  const { suite } = baseOfDockerfile();
  return join(cacheFolder('container-debian', `${suite} ${PACKAGES}`), 'root');
};

/** It is downloaded, which takes most of a minute. */
export const debianBase = (): Need => {
  const { suite } = baseOfDockerfile();
  const fill = (folder: string) =>
    execute('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, suite, join(folder, 'root')]);
  return {
    name: `the packages of a small Debian, ${suite}`,
    isThere: () => existsSync(debianFolder()),
    fetch: () => fillFolder(dirname(debianFolder()), fill),
  };
};
