import { HubError } from '../../../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../../../protocol/identity-key.ts';
import { renderHistory, renderLatest, renderVersion } from '../../../hub/history/history-document.ts';
import { readSpot } from '../../../hub/history/latest.ts';
import { queriesOfPast, readMoment } from '../../../hub/history/past.ts';
import type { Hub } from '../../../hub/hub.ts';
import { renderTwin } from '../../../hub/twins/twin-document.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** Earlier versions of twins and identities, and the hub as of a moment. */
export const history = (hub: Hub): readonly AdminRoute[] => {
  const { history: kept } = hub;
  const one = (params: IdentityName & { readonly version: string }, against: number | undefined) =>
    renderVersion(kept, keyOf(params), { number: numberOf(params.version), against });
  const twinAt = (params: IdentityName & { readonly moment: string }) =>
    renderTwin(kept.at(keyOf(params), readMoment(params.moment)));
  return [
    adminRoute('GET /history', ({ query: { limit, before } }) =>
      renderLatest(kept, { limit, after: before === undefined ? undefined : readSpot(before) }),
    ),
    adminRoute('GET /history/:deviceId', ({ params }) => renderHistory(kept, keyOf(params))),
    adminRoute('GET /history/:deviceId/modules/:moduleId', ({ params }) => renderHistory(kept, keyOf(params))),
    adminRoute('GET /history/:deviceId/:version', ({ params, query }) => one(params, query.against)),
    adminRoute('GET /history/:deviceId/modules/:moduleId/:version', ({ params, query }) => one(params, query.against)),
    adminRoute('GET /at/:moment/twins/:deviceId', ({ params }) => twinAt(params)),
    adminRoute('GET /at/:moment/twins/:deviceId/modules/:moduleId', ({ params }) => twinAt(params)),
    adminRoute('POST /at/:moment/query', async ({ params, body, gone }) => {
      const fleet = kept.fleetAt(readMoment(params.moment));
      const queries = queriesOfPast(fleet, hub.relations, hub.limits);
      const page = await runInSlices(queries.run(queries.parse(body.query), body), gone);
      return { items: page.items, continuation: page.continuation ?? null };
    }),
  ];
};

/** Throws ArgumentInvalid. */
const numberOf = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new HubError('ArgumentInvalid', `${text} is not the number of a version`);
  return Number(text);
};
