import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createNetServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test, vi } from 'vitest';
import { type Door, type DoorOptions, openDoor, PortError } from '../../emulator/servers/door.ts';
import { closed, dial, testCertificates } from '../support/tls.ts';

const doors: Door[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const arrivals: { who: string; socket: TLSSocket }[] = [];
const open = async (options: Partial<DoorOptions> = {}): Promise<Door> => {
  arrivals.length = 0;
  const door = await openDoor(
    { hosts: ['127.0.0.1', '::1'], ports: [0], ...(await testCertificates()), ...options },
    {
      mqtt: (socket) => arrivals.push({ who: 'mqtt', socket }),
      http: (socket) => arrivals.push({ who: 'http', socket }),
    },
  );
  doors.push(door);
  return door;
};
const arrived = async (): Promise<{ who: string; text: string }> => {
  await vi.waitUntil(() => arrivals.length > 0);
  const { who, socket } = arrivals[0] ?? expect.unreachable();
  return { who, text: String(socket.read()) };
};

test('the first byte tells MQTT from HTTP, and nothing of it is lost', async () => {
  const [port = 0] = (await open()).ports;
  (await dial(port)).write(Buffer.from([0x10, 0x41]));
  expect(await arrived()).toEqual({ who: 'mqtt', text: '\x10A' });
  arrivals.length = 0;
  (await dial(port)).write('GET / HTTP/1.1\r\n');
  expect(await arrived()).toEqual({ who: 'http', text: 'GET / HTTP/1.1\r\n' });
});

test('port 0 is the same port on IPv4 and IPv6, and each port of a list is its own', async () => {
  const { ports } = await open({ ports: [0, 0] });
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) for (const host of ['127.0.0.1', '::1']) (await dial(port, { host })).destroy();
});

test('one port asked for twice is one listener', async () => {
  const [free = 0] = (await open()).ports;
  await doors.pop()?.close();
  expect((await open({ ports: [free, free] })).ports).toEqual([free, free]);
});

test('an address that the machine lacks is passed over unless it is the first', async () => {
  const door = await open({ hosts: ['127.0.0.1', '192.0.2.1'] });
  (await dial(door.ports[0] ?? 0)).destroy();
  await expect(open({ hosts: ['192.0.2.1'] })).rejects.toMatchObject({ name: 'PortError', code: 'EADDRNOTAVAIL' });
});

test('a busy port is named with its cause', async () => {
  const busy = createNetServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const { port } = busy.address() as AddressInfo; // a TCP server that listens
  const refused = await open({ ports: [0, port] }).catch((error: unknown) => error);
  expect(refused).toEqual(new PortError(port, '127.0.0.1', 'EADDRINUSE'));
  busy.close();
});

test('clients without SNI and with TLS 1.2 alone come in, and get the key that they know', async () => {
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

test('HTTP runs behind the door, keep-alive included', async () => {
  const server = createServer((request, response) => response.end(request.url));
  const door = await openDoor(
    { hosts: ['127.0.0.1'], ports: [0], ...(await testCertificates()) },
    { mqtt: (socket) => socket.destroy(), http: (socket) => server.emit('connection', socket) },
  );
  doors.push(door);
  const client = await dial(door.ports[0] ?? 0);
  const answers: string[] = [];
  client.on('data', (chunk) => answers.push(String(chunk)));
  client.write('GET /one HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => answers.join('').includes('/one'));
  client.write('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => answers.join('').includes('/two'));
});

test('closing drops connections in every state at once', async () => {
  const door = await open();
  const [port = 0] = door.ports;
  const silent = await dial(port);
  const speaking = await dial(port);
  speaking.write(Buffer.from([0x10]));
  await arrived();
  const bare = connectTcp(port, '127.0.0.1');
  await new Promise((done) => bare.once('connect', done));
  const bareClosed = new Promise((done) => bare.once('close', done).resume());
  const all = [closed(silent), closed(speaking), bareClosed];
  await door.close();
  await Promise.all(all);
});

test('a connection that breaks at any point disturbs nobody', async () => {
  const [port = 0] = (await open()).ports;
  for (const bytes of ['', '\x16\x03\x01', 'GET / HTTP/1.1\r\n\r\n']) {
    const socket = connectTcp(port, '127.0.0.1');
    await new Promise((done) => socket.write(bytes, done));
    socket.resetAndDestroy();
  }
  const half = await dial(port);
  half.destroy();
  (await dial(port)).write('G');
  expect(await arrived()).toEqual({ who: 'http', text: 'G' });
});

test('new certificates are presented to the next connection', async () => {
  const door = await open();
  const [port = 0] = door.ports;
  const { key, cert } = await testCertificates();
  door.present({ key: key.slice(1), cert: cert.slice(1) });
  const socket = await dial(port);
  expect(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType).toBe('rsa');
});

test('who says nothing, before the handshake or after it, is shown out', async () => {
  const [port = 0] = (await open({ patience: 100 })).ports;
  const bare = connectTcp(port, '127.0.0.1');
  await new Promise((done) => bare.once('close', done).resume());
  await closed(await dial(port));
  expect(arrivals).toEqual([]);
});
