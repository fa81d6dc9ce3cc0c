import type { Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { type HandshakeFaults, handshakeFaultCallback, type IssueUntrusted } from './handshake-faults.ts';
import { throttled } from './throttled.ts';

/** Private keys and certificate chains to present, PEM, one of each for every kind of key. */
export interface Credentials {
  readonly key: readonly string[];
  readonly cert: readonly string[];
}

/** A client that has left before its first bytes. */
export interface HandshakeFailure {
  /** The IP address of the client. */
  readonly address: string;
  /** The name to which it connected, if it sent one. */
  readonly hostName: string | undefined;
  /** The code of the error, such as ERR_SSL_TLSV1_ALERT_UNKNOWN_CA; ECONNRESET or undefined if it left without an alert. */
  readonly code: string | undefined;
}

export interface TlsSettings extends Credentials {
  /** CAs of devices that authenticate by certificate, and what these CAs have revoked, PEM. */
  readonly deviceCa?: { readonly ca: string; readonly crl: string | undefined } | undefined;
  /** The time that a handshake may take, ms. */
  readonly timeoutMs: number;
  /** For `refuseCertificate` faults; without it they end the handshake. */
  readonly issueUntrusted?: IssueUntrusted | undefined;
  /** Told of handshakes that fail. */
  readonly failed?: ((failure: HandshakeFailure) => void) | undefined;
}

const HANDSHAKES_PER_TURN = 32;

/** TLS for sockets that other servers accept. */
export class Handshakes {
  #settings: TlsSettings;
  readonly #faults: HandshakeFaults;
  readonly #connected: (socket: TLSSocket) => void;
  readonly #plain: TlsServer;
  #faulty: TlsServer | undefined;
  /** Starts the handshake of a client, after those that came before. */
  readonly begin: (socket: Socket) => void;

  constructor(settings: TlsSettings, faults: HandshakeFaults, connected: (socket: TLSSocket) => void) {
    this.#settings = settings;
    this.#faults = faults;
    this.#connected = connected;
    this.#plain = createTlsServer(settings, connected);
    this.begin = throttled(HANDSHAKES_PER_TURN, (socket) => {
      if (!socket.destroyed) this.#server().emit('connection', socket);
    });
  }

  /** Presents other certificates from the next connection on. */
  present(credentials: Credentials): void {
    this.#settings = { ...this.#settings, ...credentials };
    for (const server of [this.#plain, this.#faulty]) server?.setSecureContext(contextOf(this.#settings));
  }

  /** A server that asks for a fault at each handshake is made when first needed: to ask costs every handshake some time. */
  #server(): TlsServer {
    if (!this.#faults.hasHandshakeFaults) return this.#plain;
    const SNICallback = handshakeFaultCallback(this.#faults, this.#settings.issueUntrusted ?? noUntrusted);
    this.#faulty ??= createTlsServer(this.#settings, this.#connected, { SNICallback });
    return this.#faulty;
  }
}

const noUntrusted: IssueUntrusted = () => Promise.reject(new Error('There is no untrusted certificate'));

const createTlsServer = (
  settings: TlsSettings,
  connected: (socket: TLSSocket) => void,
  more: TlsOptions = {},
): TlsServer => {
  const server = createServer({
    ...contextOf(settings),
    requestCert: true,
    rejectUnauthorized: false, // devices with self-signed certificates are recognized by thumbprint
    handshakeTimeout: settings.timeoutMs,
    ...more,
  });
  server.on('secureConnection', connected);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    if (!hasOnlyProbed(error, socket)) settings.failed?.(failureOf(socket, error.code));
    socket.destroy();
  });
  return server;
};

/** A client that has sent nothing has only looked whether the port is open. */
const hasOnlyProbed = ({ code }: NodeJS.ErrnoException, socket: TLSSocket & { readonly _parent?: Socket }): boolean =>
  code === 'ECONNRESET' && !socket._parent?.bytesRead; // Node documents no way to the socket that was wrapped

/** A client that leaves, seen from here. */
export const failureOf = (
  socket: Socket & { readonly servername?: unknown },
  code?: string | undefined,
): HandshakeFailure => ({
  address: socket.remoteAddress ?? '',
  hostName: typeof socket.servername === 'string' ? socket.servername : undefined,
  code,
});

const contextOf = ({ key, cert, deviceCa }: TlsSettings) => ({
  key: [...key],
  cert: [...cert],
  minVersion: 'TLSv1.2' as const,
  ...(deviceCa === undefined ? {} : { ca: deviceCa.ca }),
  ...(deviceCa?.crl === undefined ? {} : { crl: deviceCa.crl }),
});
