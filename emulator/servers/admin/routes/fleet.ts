import { exportFleet, importFleet } from '../../../hub/fleet-document.ts';
import type { Hub } from '../../../hub/hub.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute, json } from '../route.ts';

const BODY_LIMIT = 1024 ** 3;

/** A fleet in and out, as it stands. `?mode=merge` keeps what is there, else the fleet replaces it. */
export const fleet = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /import', { body: json, bodyLimit: BODY_LIMIT }, ({ body, query }) =>
    ok({ ...importFleet(hub, body, { replace: query.get('mode') !== 'merge' }) }),
  ),
  adminRoute('GET /export', {}, () => ok(exportFleet(hub))),
];
