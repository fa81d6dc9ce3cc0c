import { HubError } from '../../../../protocol/errors.ts';
import { compareFleets, type FleetComparison, type FleetCopy } from '../../../hub/history/compare-fleets.ts';
import { twinDifferences } from '../../../hub/history/differences.ts';
import type { Hub } from '../../../hub/hub.ts';
import { takeSnapshot } from '../../../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../../../hub/snapshots/snapshots.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

interface CompareParts {
  readonly hub: Hub;
  readonly snapshots: Snapshots;
  /** A fork by its name. Throws GenericNotFound. */
  otherHub(name: string): { readonly hub: Hub };
}

/** Two states of the fleet, or two twins, side by side. */
export const compare = ({ hub, snapshots, otherHub }: CompareParts): readonly AdminRoute[] => {
  const fleetOf = (moment: string): FleetCopy => {
    const [, kind, name = ''] = /^(snapshot|hub):(.+)$/s.exec(moment) ?? [];
    if (kind === 'snapshot') return snapshots.get(name).spaces;
    if (kind === 'hub') return takeSnapshot(otherHub(name).hub).spaces;
    if (moment === 'seed') return snapshots.seed.spaces;
    if (moment === 'now') return takeSnapshot(hub).spaces;
    throw new HubError('ArgumentInvalid', `${moment} is neither now, seed, snapshot:NAME nor hub:NAME`);
  };
  return [
    adminRoute('GET /compare', async ({ query: { left, right, limit }, gone }) => {
      const withKeys = ![left, right].some((moment) => moment.startsWith('hub:'));
      const work = compareFleets(fleetOf(left), fleetOf(right), { most: limit, withKeys });
      return renderComparison(await runInSlices(work, gone));
    }),
    adminRoute('GET /compare/twins', ({ query: { left, right } }) =>
      twinDifferences(hub.fleet.identify(left), hub.fleet.identify(right)),
    ),
  ];
};

export const renderComparison = ({ changed, ...rest }: FleetComparison) => ({
  ...rest,
  changed: changed.map(({ key, changes }) => ({ id: key, changes })),
});
