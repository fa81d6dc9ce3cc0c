import { keyOf } from '../../../../protocol/identity-key.ts';
import type { Hub } from '../../../hub/hub.ts';
import { exportFleet, importFleet } from '../../../hub/snapshots/fleet-document.ts';
import { renderTwin } from '../../../hub/twins/twin-document.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { json } from '../schema.ts';

/** Twins and identities exactly as they are. */
export const fleet = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /import', ({ body, query }) => ({
    ...importFleet(hub, json(body), { replace: query.mode === 'replace' }),
  })),
  adminRoute('GET /export', () => exportFleet(hub)),
  adminRoute('GET /twins/:deviceId', ({ params }) => renderTwin(hub.fleet.get(keyOf(params)))),
  adminRoute('GET /twins/:deviceId/modules/:moduleId', ({ params }) => renderTwin(hub.fleet.get(keyOf(params)))),
];
