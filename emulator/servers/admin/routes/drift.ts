import { keyOf, nameOf } from '../../../../protocol/identity-key.ts';
import type { Hub } from '../../../hub/hub.ts';
import { fleetDrift, renderDrift, twinDrift } from '../../../hub/twins/fleet-drift.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** What is desired, and not reported so. */
export const drift = ({ fleet }: Hub): readonly AdminRoute[] => {
  const one = (key: string) => {
    const { twin } = fleet.identify(key);
    return twinDrift(twin).map((each) => renderDrift(twin, each));
  };
  return [
    adminRoute('GET /drift', async ({ query, gone }) => {
      const found = await runInSlices(fleetDrift(fleet, query.limit), gone);
      return { ...found, twins: found.twins.map(({ key, ...counts }) => ({ ...nameOf(key), ...counts })) };
    }),
    adminRoute('GET /drift/:deviceId', ({ params }) => one(keyOf(params))),
    adminRoute('GET /drift/:deviceId/modules/:moduleId', ({ params }) => one(keyOf(params))),
  ];
};
