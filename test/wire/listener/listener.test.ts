import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createNetServer, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { PROTOCOLS, type Recognition, type ServerName } from '../../../emulator/endpoints/protocols.ts';
import { type Listener, type ListenerOptions, openListener } from '../../../emulator/servers/listener/listener.ts';
import { PortError } from '../../../emulator/servers/listener/tcp.ts';
import { closed, dial, testCertificates, tlsPort } from '../../support/wire/tls.ts';

const listeners: Listener[] = [];
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close();
});

const accepted: { server: string; socket: Socket }[] = [];
const open = async <S extends string = ServerName>(options: Partial<ListenerOptions<S>> = {}): Promise<Listener> => {
  accepted.length = 0;
  const ports = [tlsPort()] as unknown as ListenerOptions<S>['ports']; // of the default S
  const listener = await openListener<S>(
    { hosts: ['127.0.0.1', '::1'], ports, ...(await testCertificates()), ...options },
    { accept: (server, socket) => accepted.push({ server, socket }) },
  );
  listeners.push(listener);
  return listener;
};
/** Only ends a test that would wait for ever. */
const LONG = { timeout: 20_000 };

const first = async (): Promise<{ server: string; text: string }> => {
  await vi.waitUntil(() => accepted.length > 0, LONG);
  const { server, socket } = accepted[0] ?? expect.unreachable();
  return { server, text: String(socket.read()) };
};

// https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718028
test('the first byte tells MQTT from HTTP, and no byte is lost', async () => {
  const [port = 0] = (await open()).ports;
  (await dial(port)).write(Buffer.from([0x10, 0x41]));
  expect(await first()).toEqual({ server: 'mqtt', text: '\x10A' });
  accepted.length = 0;
  (await dial(port)).write('GET / HTTP/1.1\r\n');
  expect(await first()).toEqual({ server: 'http', text: 'GET / HTTP/1.1\r\n' });
});

test('a connection that no protocol of the port recognizes is told of, and closed', async () => {
  const began: unknown[] = [];
  const mqttOnly = { number: 0, tls: true, protocols: PROTOCOLS.filter(({ name }) => name === 'mqtt') };
  const [port = 0] = (await open({ ports: [mqttOnly], began: (beginning) => began.push(beginning) })).ports;
  const socket = await dial(port);
  socket.write('GET');
  await closed(socket);
  expect(began).toEqual([
    {
      address: '127.0.0.1',
      hostName: 'localhost',
      port,
      expected: ['mqtt'],
      server: undefined,
      bytes: Buffer.from('GET'),
    },
  ]);
});

/** A protocol that begins with four letters, as AMQP does, and one for everything else. */
const GREETING = 'AMQP';
const greeted = {
  number: 0,
  tls: true,
  protocols: [
    { server: 'rest', recognize: undefined },
    {
      server: 'greeted',
      recognize: (bytes: Uint8Array): Recognition => {
        const text = Buffer.from(bytes).toString('latin1', 0, GREETING.length);
        if (text === GREETING) return 'yes';
        return GREETING.startsWith(text) ? 'more' : 'no';
      },
    },
  ],
};

test.each([
  { pieces: ['A', 'MQ', 'P\0\x01\0\0'], server: 'greeted' },
  { pieces: ['A', 'CL / HTTP/1.1\r\n'], server: 'rest' },
  { pieces: ['P', 'UT / HTTP/1.1\r\n'], server: 'rest' },
])('a protocol may need more than one byte: $pieces is $server', async ({ pieces, server }) => {
  const [port = 0] = (await open({ ports: [greeted] })).ports;
  const client = await dial(port);
  client.setNoDelay();
  for (const piece of pieces) {
    await new Promise((done) => client.write(piece, done));
    await new Promise((done) => setImmediate(done));
  }
  await vi.waitUntil(() => accepted.length > 0, LONG);
  const { socket } = accepted[0] ?? expect.unreachable();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await vi.waitUntil(() => text === pieces.join(''), LONG);
  expect(accepted).toMatchObject([{ server }]);
});

test('a connection whose protocol its port does not speak is dropped', async () => {
  const [port = 0] = (await open({ ports: [{ ...greeted, protocols: greeted.protocols.slice(1) }] })).ports;
  const client = await dial(port);
  client.write('GET / HTTP/1.1\r\n');
  await closed(client);
  expect(accepted).toEqual([]);
});

test('a port may be without TLS', async () => {
  const [port = 0] = (await open({ ports: [{ ...greeted, tls: false }] })).ports;
  const client = connectTcp(port, '127.0.0.1', () => client.write('AMQP\0\x01\0\0'));
  expect(await first()).toEqual({ server: 'greeted', text: 'AMQP\0\x01\0\0' });
});

test('two protocols on one port number share it', async () => {
  const [free = 0] = (await open()).ports;
  await listeners.pop()?.close();
  const [rest, hello] = greeted.protocols.map((protocol) => ({ number: free, tls: true, protocols: [protocol] }));
  expect((await open({ ports: [rest ?? greeted, hello ?? greeted] })).ports).toEqual([free, free]);
  (await dial(free)).write('AMQP\0\x01\0\0');
  expect(await first()).toMatchObject({ server: 'greeted' });
});

test('port 0 is the same port on IPv4 and IPv6, and each port of a list is its own', async () => {
  const { ports } = await open({ ports: [tlsPort(), tlsPort()] });
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) for (const host of ['127.0.0.1', '::1']) (await dial(port, { host })).destroy();
});

test('an address that the machine does not have is skipped unless it is the first', async () => {
  const listener = await open({ hosts: ['127.0.0.1', '192.0.2.1'] });
  (await dial(listener.ports[0] ?? 0)).destroy();
  await expect(open({ hosts: ['192.0.2.1'] })).rejects.toMatchObject({ name: 'PortError', code: 'EADDRNOTAVAIL' });
});

test('a busy port is named with its cause', async () => {
  const busy = createNetServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const { port } = busy.address() as AddressInfo; // a TCP server that listens
  const refused = await open({ ports: [tlsPort(), tlsPort(port)] }).catch((error: unknown) => error);
  expect(refused).toEqual(new PortError(port, '127.0.0.1', 'EADDRINUSE'));
  busy.close();
});

test('clients without SNI and with TLS 1.2 connect, and get a key of the kind that they support', async () => {
  const [port = 0] = (await open()).ports;
  const old = await dial(port, { maxVersion: 'TLSv1.2' });
  expect(old.getProtocol()).toBe('TLSv1.2');
  const { connect } = await import('node:tls');
  const { ca } = await testCertificates();
  const kindOf = (ciphers: string): Promise<string | undefined> =>
    new Promise((done, failed) => {
      const socket = connect({ host: '127.0.0.1', port, ca, ciphers, maxVersion: 'TLSv1.2' }, () =>
        done(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType),
      );
      socket.once('error', failed);
    });
  expect(await kindOf('ECDHE-RSA-AES128-GCM-SHA256')).toBe('rsa');
  expect(await kindOf('ECDHE-ECDSA-AES128-GCM-SHA256')).toBe('ec');
});

test('an HTTP server gets its connections from the listener, keep-alive included', async () => {
  const server = createServer((request, response) => response.end(request.url));
  const listener = await openListener(
    { hosts: ['127.0.0.1'], ports: [tlsPort()], ...(await testCertificates()) },
    { accept: (_server, socket) => void server.emit('connection', socket) },
  );
  listeners.push(listener);
  const client = await dial(listener.ports[0] ?? 0);
  const answers: string[] = [];
  client.on('data', (chunk) => answers.push(String(chunk)));
  client.write('GET /one HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => answers.join('').includes('/one'), LONG);
  client.write('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => answers.join('').includes('/two'), LONG);
});

test('closing drops connections in every state at once', async () => {
  const listener = await open();
  const [port = 0] = listener.ports;
  const silent = await dial(port);
  const speaking = await dial(port);
  speaking.write(Buffer.from([0x10]));
  await first();
  const bare = connectTcp(port, '127.0.0.1');
  await new Promise((done) => bare.once('connect', done));
  const bareClosed = new Promise((done) => bare.once('close', done).resume());
  const all = [closed(silent), closed(speaking), bareClosed];
  await listener.close();
  await Promise.all(all);
});

test('a connection that breaks at any point does not disturb others', async () => {
  const [port = 0] = (await open()).ports;
  for (const bytes of ['', '\x16\x03\x01', 'GET / HTTP/1.1\r\n\r\n']) {
    const socket = connectTcp(port, '127.0.0.1');
    await new Promise((done) => socket.write(bytes, done));
    socket.resetAndDestroy();
  }
  const half = await dial(port);
  half.destroy();
  (await dial(port)).write('G');
  expect(await first()).toEqual({ server: 'http', text: 'G' });
});

test('new certificates are presented to the next connection', async () => {
  const listener = await open();
  const [port = 0] = listener.ports;
  const { key, cert } = await testCertificates();
  listener.present({ key: key.slice(1), cert: cert.slice(1) });
  const socket = await dial(port);
  expect(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType).toBe('rsa');
});

test('a client that sends nothing, before the handshake or after it, is disconnected', async () => {
  const [port = 0] = (await open({ timeoutMs: 100 })).ports;
  const bare = connectTcp(port, '127.0.0.1');
  await new Promise((done) => bare.once('close', done).resume());
  await closed(await dial(port));
  expect(accepted).toEqual([]);
});
