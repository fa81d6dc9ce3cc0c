import type { AmqpPeer } from './amqp-peer.ts';
import type { EngineWorld } from './engine-world.ts';
import type { RheaFields } from './rhea-codec.ts';

/** What becomes of a peer that has done `run`: fine, or what it is told when its link, session or connection is ended. */
export const fate = async (peer: AmqpPeer, run: () => void): Promise<string> => {
  run();
  for (const { type, error } of await peer.settled())
    if (type === 'detach' || type === 'end' || type === 'close') return `${type} ${conditionIn(error)}`;
  return 'fine';
};

/** The same for a new peer. */
export const fateOf = async (world: EngineWorld, run: (peer: AmqpPeer) => void): Promise<string> => {
  const peer = await world.connect();
  return fate(peer, () => run(peer));
};

/** What a connection that ends says last. */
export const lastWords = async (peer: AmqpPeer): Promise<string> => {
  const last = (await peer.rest()).at(-1);
  return last === undefined ? 'nothing' : `${last.type} ${conditionIn(last.error)}`;
};

/** What rhea reads of an error. */
const conditionIn = (error: unknown): unknown => (error as RheaFields | undefined)?.condition;
