import * as z from 'zod';
import { keyOf } from '../../../../protocol/identity-key.ts';
import { exportFleet, importFleet } from '../../../hub/fleet-document.ts';
import type { Hub } from '../../../hub/hub.ts';
import { renderTwin } from '../../../hub/member.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { json } from '../schema.ts';

const BODY_LIMIT = 1024 ** 3;

const documents = z.array(z.looseObject({})).optional();
const IMPORT = {
  summary: 'Take twins as they stand, metadata included',
  query: z.strictObject({ mode: z.enum(['replace', 'merge']).default('replace') }),
  schema: z.object({ devices: documents, modules: documents, jobs: documents, identities: documents }),
};
// unlike the service's own, no fault strikes it, and no quota counts it
const TWIN = { summary: 'A twin as it stands' };

/** A fleet in and out, as it stands. `?mode=merge` keeps what is there, else the fleet replaces it. */
export const fleet = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /import', { ...IMPORT, body: json, bodyLimit: BODY_LIMIT }, ({ body, query }) =>
    ok({ ...importFleet(hub, body, { replace: query.mode === 'replace' }) }),
  ),
  adminRoute('GET /twins/:deviceId', TWIN, ({ params }) => ok(renderTwin(hub.fleet.get(keyOf(params))))),
  adminRoute('GET /twins/:deviceId/modules/:moduleId', TWIN, ({ params }) =>
    ok(renderTwin(hub.fleet.get(keyOf(params)))),
  ),
  adminRoute('GET /export', { summary: 'All twins and identities as they stand, metadata included' }, () =>
    ok(exportFleet(hub)),
  ),
];
