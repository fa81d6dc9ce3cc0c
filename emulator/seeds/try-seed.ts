import { isObject, type Json, own } from '../../protocol/json.ts';
import { Hub } from '../hub/hub.ts';
import { takeSnapshot } from '../hub/snapshots/snapshot.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { loadSeed } from './apply.ts';
import type { Seed } from './seed.ts';

/** A copy of the hub in which the seed was loaded: no client reaches it, and nothing leaves it. Throws as `loadSeed` does. */
export const trySeed = (hub: Hub, seed: Seed, options: { readonly replace: boolean }): Hub => {
  const copy = new Hub({
    clock: new VirtualClock(hub.clock.now()),
    derive: () => 'AAAA',
    limits: hub.limits,
    hostName: hub.hostName,
    partitions: hub.stream.partitions,
    egress: { refuse: () => undefined, send: () => () => {} },
    start: takeSnapshot(hub),
  });
  loadSeed(copy, seed, options);
  return copy;
};

/** What a file of a hub in Azure holds, or does not hold, that the hub here will not have. */
export const notTaken = (text: string): readonly string[] => {
  const document = parsed(text);
  return [
    ...(isObject(document) && own(document, 'arm') !== undefined ? ['The section arm, about resources in Azure.'] : []),
    'Versions, etags and times of twins: they begin again.',
    'Who is connected, messages that wait, jobs, and uploaded files: files of this form do not have them.',
  ];
};

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
