import type { Duplex } from 'node:stream';

/** The time that a client has to read a last answer, ms. To destroy the socket at once could take it away unread. */
const GRACE_MS = 500;

/** Sends an answer without content and ends the connection, whether the client closes its side or not. */
export const endConnection = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  const timer = setTimeout(() => socket.destroy(), GRACE_MS).unref();
  socket.once('close', () => clearTimeout(timer));
};
