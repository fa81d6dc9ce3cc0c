import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { begin, freshFolder, type Running } from '../../support/programs/command.ts';

/** The request for a container, https://docs.docker.com/reference/api/engine/#operation/ContainerCreate. */
export interface Order {
  readonly Image: string;
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
    readonly Sysctls: Readonly<Record<string, string>>;
  };
}

const PORTS = { '443/tcp': 'https', '8883/tcp': 'mqtt', '5671/tcp': 'amqp', '8088/tcp': 'admin' } as const;

/**
 * A Docker engine with the part of its API that starts one container. The image is this checkout: the entry point is
 * its command line, on free ports, and the root is a temporary folder.
 */
export const startEngine = async () => {
  const root = freshFolder();
  const orders: Order[] = [];
  let emulator: Running | undefined;
  let ready: Readonly<Record<string, unknown>> = {};

  const start = async ({ Cmd, Env }: Order): Promise<void> => {
    const words = Cmd.map((word) => (word.startsWith('/tmp/') ? join(root, word) : word));
    const ports = Object.values(PORTS).flatMap((name) => [`--${name}-port`, '0']);
    emulator = begin([...words, ...ports, '--log-format', 'json'], {
      env: Object.fromEntries(Env.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    });
    ready = JSON.parse(await emulator.line('"ready"'));
  };
  const stop = async (): Promise<void> => {
    emulator?.child.kill('SIGTERM');
    await emulator?.ended;
    emulator = undefined;
  };
  const inspected = () => ({
    Id: 'c1',
    Name: '/hub',
    State: { Status: 'running', Running: true, StartedAt: new Date().toISOString() },
    Config: { Hostname: 'c1', Labels: {} },
    HostConfig: { PortBindings: orders.at(-1)?.HostConfig.PortBindings },
    NetworkSettings: {
      Networks: {},
      Ports: Object.fromEntries(
        Object.entries(PORTS).map(([port, name]) => [port, [{ HostIp: '0.0.0.0', HostPort: String(ready[name]) }]]),
      ),
    },
  });
  const answer = async (request: IncomingMessage): Promise<[status: number, body?: object]> => {
    const { method = '', url = '' } = request;
    const body = await buffer(request);
    const operation = `${method} ${url.replace(/\?.*/, '')}`;
    switch (operation) {
      case 'GET /info':
        return [200, { ServerVersion: '28.0.0', OperatingSystem: 'Linux', OSType: 'linux', Architecture: 'x86_64' }];
      case 'GET /containers/json':
        return [200, []];
      case 'GET /images/iothub-emulator:latest/json':
        return [200, { Id: 'sha256:1' }];
      case 'POST /containers/create':
        orders.push(JSON.parse(body.toString()));
        return [201, { Id: 'c1', Warnings: [] }];
      case 'PUT /containers/c1/archive':
        execFileSync('tar', ['xf', '-', '-C', root], { input: body });
        return [200];
      case 'POST /containers/c1/start': {
        const order = orders.at(-1);
        if (order !== undefined) await start(order);
        return [204];
      }
      case 'GET /containers/c1/json':
        return [200, inspected()];
      case 'POST /containers/c1/stop':
      case 'DELETE /containers/c1':
        await stop();
        return [204];
      default:
        return [404, { message: `not supported by this engine: ${operation}` }];
    }
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      },
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ message: String(error) })),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    orders,
    environment: { DOCKER_HOST: `tcp://127.0.0.1:${port}`, TESTCONTAINERS_RYUK_DISABLED: 'true' },
    async [Symbol.asyncDispose]() {
      await stop();
      server.close();
    },
  };
};
