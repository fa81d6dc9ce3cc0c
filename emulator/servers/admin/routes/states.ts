import * as z from 'zod';
import { HubError } from '../../../../protocol/errors.ts';
import type { States } from '../../../hub/states.ts';
import { noContent, ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { read } from '../schema.ts';

const Reset = z.strictObject({ dropConnections: z.boolean().default(false) });
const Snapshot = z.strictObject({ name: z.string().min(1).max(100).optional() });

const RESET = { summary: 'Back to the seed, without faults', answers: [] };
const RESTORE = { summary: 'Back to a state that was kept', answers: [] };

/** Moments of the hub: back to the seed, or to any that was kept. */
export const states = (kept: States): readonly AdminRoute[] => [
  adminRoute('POST /reset', { ...RESET, body: read(Reset), schema: Reset }, ({ body }) => {
    kept.reset(body);
    return noContent;
  }),
  adminRoute('GET /snapshots', { summary: 'What was kept' }, () => ok(kept.list())),
  adminRoute(
    'POST /snapshots',
    { summary: 'Keep the present state', body: read(Snapshot), schema: Snapshot },
    ({ body }) => ok({ name: kept.take(body.name) }),
  ),
  adminRoute('POST /snapshots/:name/restore', { ...RESTORE, body: read(Reset), schema: Reset }, ({ params, body }) => {
    kept.restore(params.name, body);
    return noContent;
  }),
  adminRoute('DELETE /snapshots/:name', { summary: 'Forget a state', answers: [] }, ({ params }) => {
    if (!kept.delete(params.name)) throw new HubError('GenericNotFound', `There is no snapshot ${params.name}`);
    return noContent;
  }),
];
