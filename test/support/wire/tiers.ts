import type { Hub } from '../../../emulator/hub/hub.ts';
import { HubError } from '../../../protocol/errors.ts';

export const S1 = { name: 'S1', units: 1 } as const;
export const B1 = { name: 'B1', units: 1 } as const;

/** Asks for an operation until the next one would be refused. */
export const exhaust = ({ tiers }: Hub, operation: string): void => {
  while (!(tiers.admit({ operation }) instanceof HubError));
};

/** Asks for an operation until the next one has to wait. Returns for how long, in ms. */
export const fill = ({ tiers }: Hub, operation: string): number => {
  for (;;) {
    const wait = tiers.admit({ operation });
    if (wait instanceof HubError) throw wait;
    if (wait > 0) return wait;
  }
};

/** Uses up the messages of the day. */
export const spend = ({ usage }: Hub, messages: number): void => usage.charge('deviceToCloud', messages * 4096);
