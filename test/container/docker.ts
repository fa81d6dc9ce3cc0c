import { fileURLToPath } from 'node:url';
import { CHECKOUT, serviceNames } from './compose.ts';
import type { Container, Engine } from './engine.ts';
import { outputOf, runToEnd } from './program.ts';

const FILE = fileURLToPath(new URL('docker-compose.yml', CHECKOUT));
const COMPOSE = ['docker', 'compose', '--file', FILE, '--project-name', 'iothub-emulator-test'];

const compose = (...args: readonly string[]): Promise<string> => outputOf([...COMPOSE, ...args]);
const image = (service: string): string => `iothub-emulator-test-${service}`;

/** A field of an image, as JSON. */
const inspect = async (service: string, field: string): Promise<unknown> =>
  JSON.parse(await outputOf(['docker', 'image', 'inspect', '--format', `{{json ${field}}}`, image(service)]));

/** Docker and its compose, as a user has them. */
export const docker: Engine = {
  name: 'Docker',
  build: async () => void (await compose('build', ...serviceNames())),
  start: async (service): Promise<Container> => {
    await compose('up', '--detach', service);
    const id = await compose('ps', '--quiet', service);
    return {
      execute: (command) => runToEnd([...COMPOSE, 'exec', '-T', service, ...command]),
      stop: async () => {
        await compose('stop', service);
        const code = Number(await outputOf(['docker', 'inspect', '--format', '{{.State.ExitCode}}', id]));
        return { code, output: await outputOf(['docker', 'logs', id]) };
      },
      dispose: async () => void (await compose('down', '--volumes')),
    };
  },
  run: (service) => runToEnd([...COMPOSE, 'run', '--rm', '--no-deps', service]),
  healthCheck: async (service) => {
    const [, ...command] = (await inspect(service, '.Config.Healthcheck.Test')) as string[]; // the first says how it is run
    return command;
  },
  user: async (service) => String(await inspect(service, '.Config.User')),
  size: async (service) => Number(await inspect(service, '.Size')),
};
