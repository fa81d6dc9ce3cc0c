import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { type Certificates, loadCertificates } from '../../../emulator/certificates/certificates.ts';
import { PROTOCOLS, type ServerName } from '../../../emulator/endpoints/protocols.ts';
import type { ListeningPort } from '../../../emulator/servers/listener/listener.ts';

/** A port that speaks what the emulator's ports speak; 0 is any free one. */
export const tlsPort = (number = 0): ListeningPort<ServerName> => ({ number, tls: true, protocols: PROTOCOLS });

let made: Promise<Certificates> | undefined;

/** Certificates of a fresh CA, minted once per test file. */
export const testCertificates = (): Promise<Certificates> => {
  made ??= mkdtemp(join(tmpdir(), 'certificates-')).then((folder) => loadCertificates({ folder }));
  return made;
};

/** A TLS connection to a listener on this machine; verifies its certificate. */
export const dial = async (
  port: number,
  options: { host?: string; maxVersion?: 'TLSv1.2' } = {},
): Promise<TLSSocket> => {
  const { ca } = await testCertificates();
  return new Promise((done, failed) => {
    const { host = '127.0.0.1', ...rest } = options;
    const socket = connect({ host, port, servername: 'localhost', ca, ...rest }, () => done(socket));
    socket.once('error', failed);
  });
};

/** Resolves when the connection is closed. */
export const closed = (socket: TLSSocket): Promise<void> =>
  new Promise((done) => {
    if (socket.destroyed) return done();
    socket.on('error', () => undefined);
    socket.once('close', () => done());
    socket.resume();
  });
