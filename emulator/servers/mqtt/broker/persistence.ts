import { Readable } from 'node:stream';

/** The application's sessions, as far as aedes needs them. */
export interface SessionLookup<C> {
  /** True if the session of a `clean=0` client goes on from an earlier connection. */
  isResumed(clientId: string): boolean;
  acknowledged(client: C, messageId: number): void;
}

/**
 * Stands for all subscriptions of such a session. aedes asks whether it may be restored, and answers "session present" if there
 * is one.
 */
export const RESTORED = { topic: '$restored', qos: 0 } as const;
const NOTHING = Promise.resolve();

/** aedes' port for storage. The application keeps subscriptions and messages; nothing is stored here. */
export const persistence = <C>(sessions: SessionLookup<C>) => ({
  async setup(): Promise<void> {},
  async subscriptionsByClient({ id }: { readonly id: string }): Promise<(typeof RESTORED)[]> {
    return sessions.isResumed(id) ? [RESTORED] : [];
  },
  addSubscriptions: (): Promise<void> => NOTHING,
  removeSubscriptions: (): Promise<void> => NOTHING,
  cleanSubscriptions: (): Promise<void> => NOTHING,
  putWill: (): Promise<void> => NOTHING,
  delWill: (): Promise<void> => NOTHING,
  streamWill: (): Iterable<never> => [],
  /** Queued messages come from the application, not from aedes. */
  outgoingStream: (): Readable => new Readable({ objectMode: true, read: end }),
  outgoingUpdate: (): Promise<void> => NOTHING,
  outgoingEnqueue: (): Promise<void> => NOTHING,
  outgoingEnqueueCombi: (): Promise<void> => NOTHING,
  /** Called at each PUBACK. Must not fail for an unknown id: aedes would drop the client. */
  async outgoingClearMessageId(client: C, { messageId }: { messageId: number }): Promise<void> {
    sessions.acknowledged(client, messageId);
  },
  /** Nothing is retained. */
  createRetainedStreamCombi: () => ({ pipe: () => undefined }),
  storeRetained: (): Promise<void> => NOTHING,
  subscriptionsByTopic: async (): Promise<never[]> => [],
});

function end(this: Readable): void {
  this.push(null);
}
