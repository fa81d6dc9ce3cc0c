import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { loadCertificates } from '../../emulator/certificates/certificates.ts';
import type { AmqpApplication, OutgoingLink } from '../../emulator/servers/amqp/engine/application.ts';
import { int, long, timestamp } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { AmqpEngine } from '../../emulator/servers/amqp/engine/engine.ts';
import { encodeMessage } from '../../emulator/servers/amqp/engine/message/encode.ts';
import { cpuMs, serve, settings, settledMemory } from './serve.ts';

// the engine with the least that a hub does: takes any token, reads and accepts telemetry, and has one event for readers

const { port, plainPort, caDir } = settings<{ port: number; plainPort: number; caDir: string }>();

const EVENT = encodeMessage({
  messageAnnotations: new Map([
    ['x-opt-sequence-number', long(70_000)],
    ['x-opt-offset', '4294967296'],
    ['x-opt-enqueued-time', timestamp(1_795_000_000_000)],
    ['iothub-connection-device-id', 'd1'],
    ['iothub-connection-auth-method', '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}'],
    ['iothub-connection-auth-generation-id', '638000000000000000'],
    ['iothub-enqueuedtime', timestamp(1_795_000_000_000)],
    ['iothub-message-source', 'Telemetry'],
  ]),
  properties: { contentType: 'application/json', contentEncoding: 'utf-8' },
  applicationProperties: new Map([['level', 'high']]),
  body: { type: 'data', data: Buffer.alloc(200, 'x') },
});
const TAG = Buffer.alloc(16, 7);

const application = (): AmqpApplication => {
  let replies: OutgoingLink | undefined;
  return {
    authenticate: () => true,
    opened: () => undefined,
    attachIncoming: ({ address, connection }) => ({
      credit: 400,
      message(delivery) {
        const [message] = delivery.messages();
        delivery.accept();
        if (address !== '$cbs') return;
        connection.authorize();
        const reply = encodeMessage({
          properties: { correlationId: message?.properties?.messageId },
          applicationProperties: new Map([['status-code', int(200)]]),
          body: { type: 'value', value: null },
        });
        replies?.send(reply, { tag: TAG });
      },
    }),
    attachOutgoing(link) {
      if (link.address === '$cbs') replies = link;
      if (link.address !== 'events') return {};
      return {
        credit() {
          while (link.available > 0) link.send(EVENT, { tag: TAG });
        },
      };
    },
    closed: () => undefined,
  };
};

/** Its readers and plain connections bring no token. */
const trusting = (): AmqpApplication => ({ ...application(), opened: (connection) => connection.authorize() });

const engine = new AmqpEngine({ containerId: 'bench', fault: (error) => console.error(error) });
const { key, cert } = await loadCertificates({ folder: caDir });
const tls: TlsOptions = { key: [...key], cert: [...cert], minVersion: 'TLSv1.2', noDelay: true };
const accept = (socket: Socket, made: AmqpApplication): void => {
  socket.on('error', () => {});
  engine.accept(socket, made);
};
createPlainServer({ noDelay: true }, (socket) => accept(socket, trusting())).listen({
  port: plainPort,
  host: '127.0.0.1',
  backlog: 4096,
});
createServer(tls, (socket) => accept(socket, trusting())).listen({ port, host: '127.0.0.1', backlog: 4096 }, () =>
  serve({ memory: settledMemory, cpu: cpuMs }),
);
