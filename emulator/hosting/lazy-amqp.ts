import type { Duplex } from 'node:stream';
import type { AmqpOptions, AmqpServer } from '../servers/amqp/server.ts';

/** The AMQP server of a hub, which is loaded with its first connection. */
export const lazyAmqp = (options: AmqpOptions): Omit<AmqpServer, 'connections'> => {
  let loading: Promise<AmqpServer> | undefined;
  const load = async (): Promise<AmqpServer> => {
    const { createAmqpServer } = await import('../servers/amqp/server.ts');
    return createAmqpServer(options);
  };
  const start = (socket: Duplex, accept: (server: AmqpServer) => void): void => {
    loading ??= load();
    loading.then(accept, (error: unknown) => {
      options.log.error('The AMQP server of a hub did not start', error);
      socket.destroy();
    });
  };
  return {
    accept: (socket) => start(socket, (server) => server.accept(socket)),
    acceptWebSocket: (stream, socket) => start(socket, (server) => server.acceptWebSocket(stream, socket)),
    close: async () => (await loading?.catch(() => undefined))?.close(),
  };
};
