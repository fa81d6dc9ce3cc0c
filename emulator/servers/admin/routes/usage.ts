import type { Hub } from '../../../hub/hub.ts';
import { usageReport } from '../../../hub/tiers/usage-report.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** What clients have used, and which tier that needs. */
export const usage = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /usage', () => usageReport(hub.usage, hub.tiers)),
  adminRoute('DELETE /usage', () => {
    hub.tiers.clear();
    hub.tiers.release();
    hub.usage.clear();
  }),
];
