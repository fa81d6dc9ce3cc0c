import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { type AmqpServer, createAmqpServer } from '../../../emulator/servers/amqp/server.ts';
import type { Kept } from '../../../emulator/servers/kept.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { AmqpClient } from './amqp-client.ts';
import { type AuthenticatedHubOptions, authenticatedHub, identityToken, policyToken } from './authenticated-hub.ts';

/** A hub with an AMQP server on a TCP port without TLS, and with the device `d1`. */
export const openAmqpHub = async ({
  sdkFaults,
  keep,
  ...options
}: AuthenticatedHubOptions & { sdkFaults?: boolean; keep?: (hub: Hub) => Kept } = {}) => {
  const parts = authenticatedHub(options);
  const { hub, auth, log, wallClock } = parts;
  const server: AmqpServer = createAmqpServer({
    hub,
    auth,
    deviceAuth: auth,
    log,
    kept: keep?.(hub),
    wallClock,
    ...(sdkFaults ? { sdkFaults } : {}),
  });
  const sockets: Socket[] = [];
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    server.accept(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo; // of TCP servers
  return {
    ...parts,
    server,
    port,
    /** The server's ends of the connections, in their order. */
    sockets,
    connect: (): Promise<AmqpClient> => AmqpClient.connect(port),
    /** A client that has sent the token of a device or module. */
    device: async (key: IdentityKey = 'd1'): Promise<AmqpClient> => {
      const client = await AmqpClient.connect(port);
      await client.putToken(identityToken(hub, key));
      return client;
    },
    /** A client that has sent the token of a policy. */
    service: async (policy = 'service'): Promise<AmqpClient> => {
      const client = await AmqpClient.connect(port);
      await client.putToken(policyToken(policy));
      return client;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      listener.close();
    },
  };
};

export type AmqpHub = Awaited<ReturnType<typeof openAmqpHub>>;
