import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { readText } from '../../certificates/folder.ts';
import { type Pair, readPairs } from '../../certificates/pem.ts';
import { hostnameOf, isHere } from './names.ts';
import { type Patient, portOf } from './patient.ts';

/** Where programs are sent to see whether they trust the certificate. */
export interface Target {
  readonly host: string;
  readonly port: number;
  close(): void;
}

/** The server's certificates: those of the running emulator, or else those of the next start. */
export const leavesOf = async (patient: Patient): Promise<X509Certificate[]> => {
  if (typeof patient.hub === 'object') {
    const found = await presented({ host: hostOf(patient), port: portOf(patient, 'https') });
    return found === undefined ? [] : [found];
  }
  return (await pairsOf(patient)).map(({ cert }) => new X509Certificate(cert));
};

/**
 * A short-lived server with the certificates of the emulator, which has no trouble with odd requests then; itself, if they
 * are not here; undefined without certificates.
 */
export const openTarget = async (patient: Patient): Promise<Target | undefined> => {
  const host = hostOf(patient);
  const pairs = await pairsOf(patient);
  if (typeof patient.hub === 'object') {
    const shown = await leavesOf(patient);
    const isHere = shown.every(({ raw }) => pairs.some(({ cert }) => new X509Certificate(cert).raw.equals(raw)));
    if (!isHere || shown.length === 0) return { host, port: portOf(patient, 'https'), close: () => {} };
  }
  return pairs.length === 0 ? undefined : { host, ...(await stand(pairs)) };
};

const PATIENCE = 5_000;

const hostOf = (patient: Patient): string => {
  if (!isHere(patient)) return new URL(patient.place.url).hostname;
  return patient.isOwn ? hostnameOf(patient) : 'localhost';
};

/** Key and certificates as they lie on this machine; none before the first start. */
const pairsOf = async ({ options, authority }: Patient): Promise<Pair[]> => {
  if (options.cert !== undefined && options.key !== undefined)
    return [{ cert: await readFile(options.cert, 'utf8'), key: await readFile(options.key, 'utf8') }];
  if (authority === undefined) return [];
  return readPairs((await readText(join(authority.folder, 'server.pem')).catch(() => undefined)) ?? '') ?? [];
};

const presented = ({ host, port }: { host: string; port: number }): Promise<X509Certificate | undefined> =>
  new Promise((done) => {
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
      done(socket.getPeerX509Certificate());
      socket.destroy();
    });
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Finds nothing whatever is asked, as the emulator does of a path that is not there. */
const stand = async (pairs: readonly Pair[]): Promise<{ port: number; close(): void }> => {
  const options = { key: pairs.map(({ key }) => key), cert: pairs.map(({ cert }) => cert), handshakeTimeout: PATIENCE };
  const tls = createTlsServer(options, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(NOT_FOUND));
  });
  tls.on('tlsClientError', () => {});
  const admit = (): Server => createServer((socket) => void tls.emit('connection', socket));
  const first = admit();
  await listen(first, 0, '127.0.0.1');
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = admit();
  await listen(second, port, '::1').catch(() => {}); // some machines have no IPv6, and `localhost` is not there then
  return {
    port,
    close() {
      for (const server of [first, second]) server.close();
    },
  };
};

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, done);
  });
