import type { Duplex } from 'node:stream';
import type { Client, ConnectPacket } from 'aedes';
import type { Gate } from './gate.ts';
import type { Line, Transport } from './line.ts';

/** What is known of a connection besides what aedes knows. */
export interface Arrival {
  readonly protocol: Transport;
  readonly gate: Gate;
  /** The socket beneath, for the client's certificate. */
  readonly socket: Duplex;
  /** Until the connection is up. */
  connect?: ConnectPacket | undefined;
  will?: ConnectPacket['will'];
  line?: Line;
  /** Says that the connection is up. */
  arrived?: (() => void) | undefined;
  /** What a fault waits for: the CONNACK, and a SUBACK. */
  ready?: (() => void) | undefined;
  subscribed?: (() => void) | undefined;
}

const ARRIVAL = Symbol('arrival');
export type Guest = Client & { [ARRIVAL]?: Arrival };

export const seat = (client: Guest, arrival: Arrival): void => {
  client[ARRIVAL] = arrival;
};

/** What is known of a client that `seat` was called for. */
export const arrivalOf = (client: Guest): Arrival => {
  const arrival = client[ARRIVAL];
  if (arrival === undefined) throw new Error('aedes knows a client that did not come through the server');
  return arrival;
};
