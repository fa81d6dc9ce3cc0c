import { keyOf } from '../../../../protocol/identity-key.ts';
import { STORE_BYTES } from '../../../hub/files/blobs.ts';
import { exportFiles, importFiles } from '../../../hub/files/file-documents.ts';
import type { Hub } from '../../../hub/hub.ts';
import { exportFleet, importFleet } from '../../../hub/snapshots/fleet-document.ts';
import { renderTwin } from '../../../hub/twins/twin-document.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { json } from '../schema.ts';

/** Twins and identities exactly as they are, and uploaded files. */
export const fleet = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /import', ({ body, query }) => {
    const [document, replace] = [json(body), query.mode === 'replace'];
    const putFiles = importFiles(document, replace ? STORE_BYTES : hub.blobs.free);
    const imported = importFleet(hub, document, { replace });
    putFiles(hub.blobs);
    return { ...imported };
  }),
  adminRoute('GET /export', ({ query }) => ({
    ...exportFleet(hub),
    ...(query.files === 'yes' ? exportFiles(hub.blobs) : {}),
  })),
  adminRoute('GET /twins/:deviceId', ({ params }) => renderTwin(hub.fleet.get(keyOf(params)))),
  adminRoute('GET /twins/:deviceId/modules/:moduleId', ({ params }) => renderTwin(hub.fleet.get(keyOf(params)))),
];
