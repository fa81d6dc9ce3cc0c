import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Batch, Egress, Outcome } from '../../../emulator/hub/routing/egress.ts';

/** What was sent to an endpoint, and the way to say what has become of it. */
export interface SentBatch extends Batch {
  readonly endpoint: string;
  readonly isStopped: boolean;
  readonly hasEnded: boolean;
  end(outcome?: Outcome): void;
}

/** Endpoints outside of a hub that take nothing until the test says so. */
export const newEgress = () => {
  const sent: SentBatch[] = [];
  const egress: Egress = {
    refuse: () => undefined,
    send: ({ name }, batch, ended) => {
      let isStopped = false;
      let hasEnded = false;
      sent.push({
        ...batch,
        endpoint: name,
        get isStopped() {
          return isStopped;
        },
        get hasEnded() {
          return hasEnded;
        },
        end(outcome = {}) {
          hasEnded = true;
          ended(outcome);
        },
      });
      return () => {
        isStopped = true;
      };
    },
  };
  return { egress, sent };
};

const batches = new WeakMap<Hub, readonly SentBatch[]>();

/** Lets `answerEndpoints` find what `hub` has sent. */
export const keepSent = <W extends { readonly hub: Hub }>(world: W, sent: readonly SentBatch[]): W => {
  batches.set(world.hub, sent);
  return world;
};

/** The endpoints of a hub answer what they were sent last, each with the same outcome. */
export const answerEndpoints = (hub: Hub, outcome: Outcome): void => {
  for (const batch of (batches.get(hub) ?? []).slice(-4)) if (!batch.isStopped && !batch.hasEnded) batch.end(outcome);
};
