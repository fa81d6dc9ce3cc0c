import { spawnSync } from 'node:child_process';
import { buildah } from './buildah.ts';
import { docker } from './docker.ts';
import type { Engine } from './engine.ts';

/** Docker where one runs, else Buildah, which needs no service and, here, no registry of images. */
export const engine = (): Engine => (hasDocker() ? docker : buildah);

export const hasDocker = (): boolean =>
  process.env.IOTHUB_CONTAINER_ENGINE !== 'buildah' &&
  spawnSync('docker', ['compose', 'version']).status === 0 &&
  spawnSync('docker', ['info']).status === 0;
