import * as z from 'zod';
import { parseDuration } from '../../../../protocol/duration.ts';
import { HubError } from '../../../../protocol/errors.ts';
import { VirtualClock } from '../../../hub/clock.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Answer, ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { read } from '../schema.ts';

const Advance = z.union([
  z.strictObject({ by: z.union([z.number(), z.string()]).describe('ms, or `500ms`, `30s`, `5m`, `1h`, `2d`') }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
]);

const ADVANCE = { summary: 'Turn a virtual clock on; what falls due on the way runs, in order' };

/** The hub's time: turned by hand if it is virtual. */
export const clock = (hub: Hub, settle: () => Promise<void>): readonly AdminRoute[] => [
  adminRoute('GET /clock', { summary: "The hub's time" }, () => shown(hub)),
  adminRoute('POST /clock/advance', { ...ADVANCE, body: read(Advance), schema: Advance }, async ({ body }) => {
    const { now, advance } = virtual(hub);
    advance('to' in body ? Math.max(0, Date.parse(body.to) - now) : durationOf(body.by));
    await settle();
    return shown(hub);
  }),
  adminRoute('POST /clock/settle', { summary: 'Wait until nothing is due, queued or on its way out' }, async () => {
    await settle();
    return shown(hub);
  }),
];

const shown = ({ clock: time }: Hub): Answer =>
  ok({ mode: time instanceof VirtualClock ? 'virtual' : 'system', now: new Date(time.now()).toISOString() });

const virtual = ({ clock: time }: Hub): { now: number; advance: (ms: number) => void } => {
  if (!(time instanceof VirtualClock))
    throw new HubError('InvalidOperation', 'The clock is the machine’s; start with a virtual one to turn it.');
  return { now: time.now(), advance: (ms) => time.advance(ms) };
};

const durationOf = (by: string | number): number => {
  const ms = parseDuration(by);
  if (ms === undefined) throw new HubError('ArgumentInvalid', `${by} is no duration such as 500ms, 30s, 5m, 1h or 2d`);
  return ms;
};
