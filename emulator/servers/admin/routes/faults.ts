import { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The rules by which operations fail. */
export const faults = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /faults', () => hub.faults.list()),
  adminRoute('POST /faults', ({ body }) => {
    const ids = [body].flat().map((rule) => hub.faults.add(rule));
    return { ids, faults: hub.faults.list() };
  }),
  adminRoute('DELETE /faults', () => hub.faults.clear()),
  adminRoute('DELETE /faults/:id', ({ params }) => {
    if (!hub.faults.remove(params.id)) throw new HubError('GenericNotFound', `There is no fault ${params.id}`);
  }),
];
