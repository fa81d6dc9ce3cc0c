import type { Peer } from '../application.ts';
import type { Fields } from '../codec/values.ts';
import { AmqpError } from '../errors.ts';
import type { Open } from '../frames/performatives.ts';
import type { Limits } from '../limits.ts';

interface Ours {
  readonly containerId: string;
  readonly properties: Fields | undefined;
  readonly limits: Limits;
}

/** Our open, part 2 §2.7.1. It contains half of the idle timeout, §2.4.5. */
export const openOf = ({ containerId, properties, limits }: Ours): Open => ({
  type: 'open',
  containerId,
  maxFrameSize: limits.frameSize,
  channelMax: limits.channelMax,
  idleTimeout: limits.idleMs / 2,
  properties,
});

/** What a peer requires in its open, and what it says about itself. */
export interface Demands extends Peer {
  /** The largest frame that both peers take. */
  readonly frameSize: number;
  /** How often something must be sent to the peer, in ms; undefined if it has no idle timeout. */
  readonly heartbeatMs: number | undefined;
}

/** Reads the peer's open. Throws AmqpError if it requires something that is not supported. */
export const demandsOf = (open: Open, limits: Limits): Demands => {
  const { maxFrameSize = limits.frameSize, idleTimeout = 0, containerId = '', hostname } = open;
  if (maxFrameSize < limits.leastFrameSize)
    throw new AmqpError('amqp:invalid-field', `max-frame-size ${maxFrameSize} is below ${limits.leastFrameSize}`);
  for (const name of [containerId, hostname ?? ''])
    if (Buffer.byteLength(name) > limits.nameLength)
      throw new AmqpError('amqp:invalid-field', `A container id or host name has at most ${limits.nameLength} bytes`);
  if (idleTimeout > 0 && idleTimeout < limits.leastIdleMs)
    throw new AmqpError('amqp:invalid-field', `An idle timeout of ${idleTimeout} ms is below ${limits.leastIdleMs} ms`);
  return {
    containerId,
    hostname,
    properties: open.properties ?? NO_FIELDS,
    frameSize: Math.min(maxFrameSize, limits.frameSize),
    heartbeatMs: idleTimeout === 0 ? undefined : Math.max(limits.leastIdleMs, idleTimeout / 2),
  };
};

const NO_FIELDS: Fields = new Map();

/** Defaults for a peer that has not sent its open. */
export const beforeOpen = ({ frameSize }: Limits): Demands => ({
  containerId: '',
  hostname: undefined,
  properties: NO_FIELDS,
  frameSize,
  heartbeatMs: undefined,
});
