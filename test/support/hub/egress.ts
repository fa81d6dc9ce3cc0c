import type { Batch, Egress, Outcome } from '../../../emulator/hub/routing/egress.ts';

/** What was sent to an endpoint, and the way to say what has become of it. */
export interface SentBatch extends Batch {
  readonly endpoint: string;
  readonly isStopped: boolean;
  end(outcome?: Outcome): void;
}

/** Endpoints outside of a hub that take nothing until the test says so. */
export const newEgress = () => {
  const sent: SentBatch[] = [];
  const egress: Egress = {
    refuse: () => undefined,
    send: ({ name }, batch, ended) => {
      let isStopped = false;
      sent.push({
        ...batch,
        endpoint: name,
        get isStopped() {
          return isStopped;
        },
        end: (outcome = {}) => ended(outcome),
      });
      return () => {
        isStopped = true;
      };
    },
  };
  return { egress, sent };
};
