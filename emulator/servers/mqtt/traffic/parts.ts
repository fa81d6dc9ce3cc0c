import type { IdentityKey } from '../../../../protocol/identity-key.ts';
import type { TrafficSide } from '../../../../protocol/traffic.ts';
import { type Excerpt, textOf } from '../../traffic/excerpt.ts';
import type { Exchange } from '../../traffic/traffic.ts';

export type Summary = ReturnType<Exchange['summary']>;
export type Sides = ReturnType<Exchange['sides']>;

/** Who is connected, and how. */
export interface Peer {
  readonly key: IdentityKey;
  readonly protocol: 'mqtt' | 'mqtt-ws';
}

/** About what an entry takes besides bodies. */
export const OVERHEAD = 400;
const SHOWN_IN_LINE = 200;

export const who = ({ key, protocol }: Peer): Pick<Summary, 'who' | 'role' | 'protocol'> => ({
  who: key,
  role: key.includes('/') ? 'module' : 'device',
  protocol: protocol === 'mqtt' ? 'MQTT' : 'MQTT-WS',
});

export const side = (line: string, fields: TrafficSide['fields'] = [], body?: Excerpt): TrafficSide => ({
  line,
  fields,
  ...(body === undefined || body.length === 0 ? {} : { body: textOf(body) }),
});

export const inLine = (body: Excerpt): string => textOf(body).slice(0, SHOWN_IN_LINE);
