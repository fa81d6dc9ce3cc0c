import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../support/packages/sets.ts';
import { CHECKOUT, environmentOf, service as read, type Service, serviceNames } from './compose.ts';
import type { Container, Engine } from './engine.ts';
import { begin, outputOf, runToEnd } from './program.ts';

// what it builds and runs is in a folder of its own; chroot needs nothing of the system but root
const STORAGE = cacheFolder('container-storage', '1');
const BUILDAH = ['buildah', '--root', join(STORAGE, 'root'), '--runroot', join(STORAGE, 'run')];
const CHROOT = ['--isolation', 'chroot', '--network', 'host'];

/** Runs Buildah on the images of these tests; gives what it printed. */
export const run = (...args: readonly string[]): Promise<string> => outputOf([...BUILDAH, ...args]);

const image = (service: string): string => `localhost/iothub-emulator-test-${service}`;

/** The configuration of an image. https://github.com/moby/docker-image-spec/blob/main/spec.md */
interface Config {
  readonly Entrypoint: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  readonly User: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

const configOf = async (service: string): Promise<Config> => {
  const inspected = JSON.parse(await run('inspect', '--type', 'image', image(service)));
  return inspected.Docker.config;
};

/** The volumes of a run of the tests, by name. */
const volumes = new Map<string, string>();

/** `name:/place[:ro]` as Buildah's flags; users of images have the id 1000, as `node` has it. */
const mounted = ({ volumes: wanted = [] }: Service): readonly string[] =>
  wanted.flatMap((text) => {
    const [name = '', ...place] = text.split(':');
    const folder = volumes.get(name) ?? mkdtempSync(join(tmpdir(), 'iothub-emulator-volume-'));
    chownSync(folder, 1000, 1000);
    volumes.set(name, folder);
    return ['--volume', [folder, ...place].join(':')];
  });

/** Makes a container of a service; other services are found by name, on this machine. */
const make = async (service: string): Promise<string> => {
  const hosts = serviceNames().flatMap((name) => ['--add-host', `${name}:127.0.0.1`]);
  const container = await run('from', '--pull-never', ...hosts, image(service));
  // else Buildah would mount a volume of its own over ours
  for (const volume of read(service).volumes ?? [])
    await run('config', '--volume', `${volume.split(':')[1]}-`, container);
  return container;
};

/** The command line that runs a program in a container. */
const inside = (container: string, service: string, command: readonly string[]): readonly string[] => {
  const variables = Object.entries(environmentOf(read(service))).flatMap(([name, value]) => [
    '--env',
    `${name}=${value}`,
  ]);
  return [...BUILDAH, 'run', ...CHROOT, ...variables, ...mounted(read(service)), container, '--', ...command];
};

const commandOf = async (service: string): Promise<readonly string[]> => {
  const { Entrypoint, Cmd } = await configOf(service);
  return [...(Entrypoint ?? []), ...(read(service).command ?? Cmd ?? [])];
};

/**
 * Buildah, for a machine without an engine: it runs programs of an image on the machine's own network. Docker isolates more,
 * publishes ports, and starts the health check by itself.
 */
export const buildah: Engine = {
  name: 'Buildah',
  build: async () => {
    mkdirSync(STORAGE, { recursive: true });
    // npm's settings of this user, such as another registry, for `npm ci` as root of the image
    const settings = join(homedir(), '.npmrc');
    const npm = existsSync(settings) ? ['--volume', `${settings}:/root/.npmrc:ro`] : [];
    for (const name of serviceNames()) {
      const place = ['--pull-never', '--layers', '--format', 'docker', ...CHROOT, '--target', read(name).build.target];
      await run('build', ...npm, ...place, '--tag', image(name), fileURLToPath(CHECKOUT));
    }
    // what the images share was built once; half a gigabyte of it would be left by each run. An image in use may fail to go.
    await runToEnd([...BUILDAH, 'rmi', '--prune']);
  },
  start: async (service): Promise<Container> => {
    for (const [name, value] of Object.entries(read(service).sysctls ?? {}))
      writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, String(value));
    const container = await make(service);
    const { child, ended } = begin(inside(container, service, await commandOf(service)));
    const dispose = async (): Promise<void> => {
      child.kill('SIGKILL');
      await run('rm', container);
      for (const folder of volumes.values()) rmSync(folder, { recursive: true, force: true });
      volumes.clear();
    };
    return {
      execute: (command) => runToEnd(inside(container, service, command)),
      stop: () => {
        process.kill(innermost(child.pid ?? 0), 'SIGTERM');
        return ended;
      },
      dispose,
    };
  },
  run: async (service) => {
    const container = await make(service);
    const ended = await runToEnd(inside(container, service, await commandOf(service)));
    await run('rm', container);
    return ended;
  },
  healthCheck: async (service) => (await configOf(service)).Healthcheck?.Test.slice(1) ?? [],
  user: async (service) => (await configOf(service)).User,
  size: async (service) => {
    const container = await make(service);
    const root = await run('mount', container);
    const [bytes] = (await outputOf(['du', '--summarize', '--bytes', root])).split('\t');
    await run('rm', container);
    return Number(bytes);
  },
};

/** The process at the end of a chain of processes that only wait for one another: the program in the container. */
const innermost = (pid: number): number => {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  );
  const [child] = children;
  return child === undefined ? pid : innermost(Number(child));
};
