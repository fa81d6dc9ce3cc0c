import { HubError } from '../../../../protocol/errors.ts';
import type { Snapshots } from '../../../hub/snapshots/snapshots.ts';
import type { Progress } from '../../../lessons/progress.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** States of the hub that can be restored: the one after the seed, and those that were kept. `progress` ends with a reset. */
export const snapshots = (kept: Snapshots, progress: Pick<Progress, 'clear'>): readonly AdminRoute[] => [
  adminRoute('POST /reset', ({ body }) => {
    kept.reset(body);
    progress.clear();
  }),
  adminRoute('GET /snapshots', () => kept.list()),
  adminRoute('POST /snapshots', ({ body }) => ({ name: kept.take(body.name) })),
  adminRoute('POST /snapshots/:name/restore', ({ params, body }) => kept.restore(params.name, body)),
  adminRoute('DELETE /snapshots/:name', ({ params }) => {
    if (!kept.delete(params.name)) throw new HubError('GenericNotFound', `There is no snapshot ${params.name}`);
  }),
];
