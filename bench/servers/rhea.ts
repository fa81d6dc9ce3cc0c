import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import rhea, { type Delivery, type EventContext, type Sender } from 'rhea';
import { loadCertificates } from '../../emulator/certificates/certificates.ts';
import { cpuMs, serve, settings, settledMemory } from './serve.ts';

// rhea as a server with the same duties

const { port, plainPort, caDir } = settings<{ port: number; plainPort: number; caDir: string }>();

const { message: messages, types } = rhea;
const EVENT = messages.encode({
  message_annotations: {
    'x-opt-sequence-number': types.wrap_long(70_000),
    'x-opt-offset': '4294967296',
    'x-opt-enqueued-time': types.wrap_timestamp(1_795_000_000_000),
    'iothub-connection-device-id': 'd1',
    'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
    'iothub-connection-auth-generation-id': '638000000000000000',
    'iothub-enqueuedtime': types.wrap_timestamp(1_795_000_000_000),
    'iothub-message-source': 'Telemetry',
  },
  content_type: 'application/json',
  content_encoding: 'utf-8',
  application_properties: { level: 'high' },
  body: messages.data_section(Buffer.alloc(200, 'x')),
});
const TAG = Buffer.alloc(16, 7);

const container = rhea.create_container();
const cbsReplies = new WeakMap<object, Sender>();

container.on('receiver_open', ({ receiver }: EventContext) => {
  receiver?.set_target({ address: receiver.target.address });
});
container.on('sender_open', ({ sender, connection }: EventContext) => {
  sender?.set_source({ address: sender.source.address });
  if (sender?.source.address === '$cbs') cbsReplies.set(connection, sender);
});
container.on('sendable', ({ sender }: EventContext) => {
  // an event that is encoded once is handed over as it is
  const send = sender as unknown as { send(bytes: Buffer, tag: Buffer, format: number): Delivery };
  if (sender?.source.address === 'events') while (sender.sendable()) send.send(EVENT, TAG, 0);
});
container.on('message', ({ receiver, message, connection, delivery }: EventContext) => {
  delivery?.accept();
  if (receiver?.target.address !== '$cbs') return;
  cbsReplies.get(connection)?.send({
    correlation_id: message?.message_id ?? '',
    application_properties: { 'status-code': types.wrap_int(200) },
    body: null,
  });
});
for (const event of ['connection_error', 'disconnected', 'error', 'protocol_error', 'session_error'])
  container.on(event, () => {});

const accept = (socket: Socket): void => {
  socket.on('error', () => {});
  const options = {
    max_frame_size: 65_536,
    channel_max: 1023,
    idle_time_out: 240_000,
    reconnect: false,
    receiver_options: { credit_window: 400, autoaccept: false },
  };
  // its way to take a socket that was accepted already has no type
  const connection = container.create_connection(options as never) as unknown as { accept(socket: Socket): void };
  connection.accept(socket);
};
const { key, cert } = await loadCertificates({ folder: caDir });
const tls: TlsOptions = { key: [...key], cert: [...cert], minVersion: 'TLSv1.2', noDelay: true };
createPlainServer({ noDelay: true }, accept).listen({ port: plainPort, host: '127.0.0.1', backlog: 4096 });
createServer(tls, accept).listen({ port, host: '127.0.0.1', backlog: 4096 }, () =>
  serve({ memory: settledMemory, cpu: cpuMs }),
);
