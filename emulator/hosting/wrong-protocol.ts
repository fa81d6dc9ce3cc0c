import { PROTOCOLS, type ServerName } from '../endpoints/protocols.ts';
import type { Beginning } from '../servers/listener/listener.ts';

/** Why a connection was closed that speaks another protocol than the port. */
export interface WrongProtocol {
  /** A stable name, such as `not-mqtt`. */
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

/** The port of each protocol. */
export type PortNumbers = Readonly<Record<(typeof PROTOCOLS)[number]['name'], number>>;

const NAMES: Readonly<Record<ServerName, string>> = { http: 'HTTP', mqtt: 'MQTT', amqp: 'AMQP' };
const HTTP_REQUEST = /^[A-Z]+ \S/;

/** Undefined if the connection speaks what the port speaks. */
export const wrongProtocol = (
  { port, expected, server, bytes }: Pick<Beginning<ServerName>, 'port' | 'expected' | 'server' | 'bytes'>,
  ports: PortNumbers,
): WrongProtocol | undefined => {
  // an HTTP server takes everything, and answers 400
  if (server !== undefined && server !== 'http') return undefined;
  const row = PROTOCOLS.find(({ recognize }) => recognize?.(bytes) === 'yes');
  if (row === undefined && server === 'http') return undefined;
  const taken = expected.map((name) => NAMES[name]).join(', ');
  const spoken = row?.server ?? (HTTP_REQUEST.test(Buffer.from(bytes).toString('latin1', 0, 32)) ? 'http' : undefined);
  const others = PROTOCOLS.map(({ name, label }) => `${label} ${ports[name]}`).join('; ');
  return {
    code: `not-${expected[0] ?? 'known'}`,
    cause: `it speaks ${spoken === undefined ? 'an unknown protocol' : NAMES[spoken]}, and port ${port} takes ${taken}`,
    remedy: `let the client use the port of its protocol: ${others}`,
  };
};
