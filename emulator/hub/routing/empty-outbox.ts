import { copyOf } from '../../kernel/state-map.ts';
import type { Row, StoreCopy } from '../../kernel/store.ts';
import { splitEventKey, splitPartitionKey } from '../event-stream/stream-event.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import { outerEndpointsOf } from './egress.ts';
import { OUTBOX } from './outbox.ts';
import { ROUTING } from './router.ts';

/**
 * The snapshot without what waits for endpoints outside of the hub: a copy of a hub must not send once more what the hub
 * sends itself.
 */
export const withEmptyOutbox = (snapshot: Snapshot): Snapshot => {
  const { spaces } = snapshot;
  const routing = spaces.routing.find(ROUTING);
  const outer = new Set((routing === undefined ? [] : outerEndpointsOf(routing)).map(({ name }) => name));
  if (outer.size === 0) return snapshot;
  const isOuter = (partition: string): boolean => outer.has(splitPartitionKey(partition).eventHub);
  return {
    ...snapshot,
    spaces: {
      ...spaces,
      'stream-events': without(spaces['stream-events'], ({ key }) => isOuter(splitEventKey(key).partition)),
      outbox: without(spaces.outbox, ({ key }) => isOuter(key)),
      'endpoint-health': without(spaces['endpoint-health'], ({ key }) => outer.has(key)),
      timers: without(spaces.timers, ({ value: { kind } }) => kind === OUTBOX),
    },
  };
};

const without = <V>(copy: StoreCopy<V>, leavesOut: (row: Row<V>) => boolean): StoreCopy<V> =>
  copyOf([...copy.entries()].filter((row) => !leavesOut(row)));
