import { Readable } from 'node:stream';

/** What the broker asks about sessions and tells about acknowledgements. */
export interface Keeper {
  /** True if the hub knew the session that a `clean=0` client comes back to. */
  present(clientId: string): boolean;
  acknowledged(clientId: string, messageId: number): void;
}

interface Named {
  readonly id: string;
}

/** A `clean=0` client gets it back as its only subscription: aedes says "session present" if there is one. */
const PRESENT = { topic: '$iothub/session', qos: 0 } as const;
const NOTHING = Promise.resolve();

/** aedes' port for storage. The hub keeps subscriptions and messages; nothing is stored here. */
export const persistence = (keeper: Keeper) => ({
  async setup(): Promise<void> {},
  async subscriptionsByClient({ id }: Named): Promise<(typeof PRESENT)[]> {
    return keeper.present(id) ? [PRESENT] : [];
  },
  addSubscriptions: (): Promise<void> => NOTHING,
  removeSubscriptions: (): Promise<void> => NOTHING,
  cleanSubscriptions: (): Promise<void> => NOTHING,
  putWill: (): Promise<void> => NOTHING,
  delWill: (): Promise<void> => NOTHING,
  streamWill: (): Iterable<never> => [],
  /** Queued messages come from the hub, not from the broker. */
  outgoingStream: (): Readable => new Readable({ objectMode: true, read: end }),
  outgoingUpdate: (): Promise<void> => NOTHING,
  outgoingEnqueue: (): Promise<void> => NOTHING,
  outgoingEnqueueCombi: (): Promise<void> => NOTHING,
  /** Called at each PUBACK. An id that nobody waits for is no error: aedes would drop the client. */
  async outgoingClearMessageId({ id }: Named, { messageId }: { messageId: number }): Promise<void> {
    keeper.acknowledged(id, messageId);
  },
  /** Nothing is retained; aedes only pipes it. */
  createRetainedStreamCombi: () => ({ pipe: () => undefined }),
  storeRetained: (): Promise<void> => NOTHING,
  subscriptionsByTopic: async (): Promise<never[]> => [],
});

function end(this: Readable): void {
  this.push(null);
}
