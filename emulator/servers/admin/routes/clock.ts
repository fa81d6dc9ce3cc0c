import type { ClockState } from '../../../../protocol/admin/clock.ts';
import { HubError } from '../../../../protocol/errors.ts';
import { dueItems } from '../../../hub/due.ts';
import type { Hub } from '../../../hub/hub.ts';
import { LATEST, VirtualClock } from '../../../kernel/clock.ts';
import { parseDuration } from '../../../kernel/duration.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The hub's time; it can be advanced if it is virtual. */
export const clock = (hub: Hub, settle: () => Promise<void>): readonly AdminRoute[] => [
  adminRoute('GET /clock', () => stateOf(hub)),
  adminRoute('GET /clock/due', () =>
    dueItems(hub.scheduler, MOST_DUE).map(({ at, what, key }) => ({
      at: new Date(at).toISOString(),
      what,
      ...(key === undefined ? {} : { device: key }),
    })),
  ),
  adminRoute('POST /clock/advance', async ({ body }) => {
    const time = virtualClock(hub);
    const ms = 'to' in body ? Math.max(0, Date.parse(body.to) - time.now()) : durationOf(body.by);
    if (!(ms <= MOST_MS)) throw new HubError('ArgumentInvalid', 'The clock can be advanced by at most 3650d at once.');
    if (time.now() + ms > LATEST) throw new HubError('ArgumentInvalid', 'The clock ends with the year 9999.');
    time.advance(ms);
    await settle();
    return stateOf(hub);
  }),
  adminRoute('POST /clock/settle', async () => {
    await settle();
    return stateOf(hub);
  }),
];

const MOST_DUE = 200;

/** What is due is run one after the other, and everything else waits for it. */
const MOST_MS = 3650 * 24 * 60 * 60 * 1000;

const stateOf = ({ clock: time }: Hub): ClockState => ({
  mode: time instanceof VirtualClock ? 'virtual' : 'system',
  now: new Date(time.now()).toISOString(),
});

const virtualClock = ({ clock: time }: Hub): VirtualClock => {
  if (time instanceof VirtualClock) return time;
  throw new HubError('InvalidOperation', "The hub follows the machine's clock: start it with --clock virtual.");
};

const durationOf = (by: string | number): number => {
  const ms = parseDuration(by);
  if (ms === undefined)
    throw new HubError('ArgumentInvalid', `${by} is not a valid duration, such as 500ms, 30s, 5m, 1h or 2d`);
  return ms;
};
