import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { type Pair, readPairs } from '../../certificates/pem.ts';
import { readText } from '../../files.ts';
import { hostnameOf, isHere } from './names.ts';
import { portOf, type Subject } from './subject.ts';

/** A server to which programs connect, to find out whether they trust the certificate. */
export interface Target {
  readonly host: string;
  readonly port: number;
  close(): void;
}

/** The server's certificates: those of the running emulator, or else those of the next start. */
export const serverCertificates = async (subject: Subject): Promise<X509Certificate[]> => {
  if (typeof subject.hub === 'object') {
    const found = await presented({ host: hostOf(subject), port: portOf(subject, 'https') });
    return found === undefined ? [] : [found];
  }
  return (await pairsOf(subject)).map(({ cert }) => new X509Certificate(cert));
};

/**
 * A short-lived server with the certificates of the emulator, so that the emulator gets no odd requests; the emulator itself
 * if its certificates are not on this machine; undefined if there are no certificates.
 */
export const openTarget = async (subject: Subject): Promise<Target | undefined> => {
  const host = hostOf(subject);
  const pairs = await pairsOf(subject);
  if (typeof subject.hub === 'object') {
    const shown = await serverCertificates(subject);
    const isHere = shown.every(({ raw }) => pairs.some(({ cert }) => new X509Certificate(cert).raw.equals(raw)));
    if (!isHere || shown.length === 0) return { host, port: portOf(subject, 'https'), close: () => {} };
  }
  return pairs.length === 0 ? undefined : { host, ...(await serve(pairs)) };
};

const TIMEOUT_MS = 5_000;

/** Where this machine reaches the emulator. */
export const hostOf = (subject: Subject): string => {
  if (!isHere(subject)) return new URL(subject.found.url).hostname;
  return subject.hasOwnCertificate ? hostnameOf(subject) : 'localhost';
};

/** Keys and certificates in the files of this machine; none before the first start. */
const pairsOf = async ({ options, authority }: Subject): Promise<Pair[]> => {
  if (options.cert !== undefined && options.key !== undefined)
    return [{ cert: await readFile(options.cert, 'utf8'), key: await readFile(options.key, 'utf8') }];
  if (authority === undefined) return [];
  return readPairs((await readText(join(authority.folder, 'server.pem')).catch(() => undefined)) ?? '') ?? [];
};

const presented = ({ host, port }: { host: string; port: number }): Promise<X509Certificate | undefined> =>
  new Promise((done) => {
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
      done(socket.getPeerX509Certificate());
      socket.end('\r\n'); // a client that sends nothing looks like one that does not trust the certificate
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Answers 404 to every request, as the emulator does for an unknown path. */
const serve = async (pairs: readonly Pair[]): Promise<{ port: number; close(): void }> => {
  const options = {
    key: pairs.map(({ key }) => key),
    cert: pairs.map(({ cert }) => cert),
    handshakeTimeout: TIMEOUT_MS,
  };
  const tls = createTlsServer(options, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(NOT_FOUND));
  });
  tls.on('tlsClientError', () => {});
  const newServer = (): Server => createServer((socket) => void tls.emit('connection', socket));
  const first = newServer();
  await listen(first, 0, '127.0.0.1');
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = newServer();
  await listen(second, port, '::1').catch(() => {}); // a machine without IPv6 does not need it
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
