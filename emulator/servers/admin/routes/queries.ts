import type { DeepReadonly } from '../../../../protocol/admin/operation.ts';
import type { Evaluate, Evaluation, IndexState } from '../../../../protocol/admin/queries.ts';
import { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Lag, readLag } from '../../../hub/index-lag/lag.ts';
import { parseRoute } from '../../../hub/query/routing.ts';
import { routable } from '../../../hub/query/routing-message.ts';
import { jobSelection, type Selection, targetSelection } from '../../../hub/selection.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** How queries and conditions are answered, and when queries see a write. */
export const queries = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /evaluate', ({ body }) => evaluate(hub, body)),
  adminRoute('POST /explain', async ({ body, gone }) => {
    const started = performance.now();
    const query = hub.queries.parse(body.query);
    const explanation = await runInSlices(hub.queries.explain(query, { maxItemCount: body.maxItemCount }), gone);
    return { ...explanation, ms: Math.round((performance.now() - started) * 1000) / 1000 };
  }),
  adminRoute('GET /index', () => indexState(hub)),
  adminRoute('PUT /index', ({ body }) => {
    hub.indexLag.change(lagOf(body.lag));
    return indexState(hub);
  }),
  adminRoute('POST /index/release', () => {
    hub.indexLag.release();
    return indexState(hub);
  }),
  adminRoute('POST /index/caught-up', async () => {
    await new Promise<void>((done) => hub.indexLag.whenCaughtUp(done));
    return indexState(hub);
  }),
];

/** Reads `immediate`, `manual` or `lag:30s`. Throws ArgumentInvalid. */
const lagOf = (text: string): Lag => {
  const lag = readLag(text);
  if (lag === undefined)
    throw new HubError('ArgumentInvalid', `${text} is neither immediate, manual nor lag:<duration>`);
  return lag;
};

const indexState = ({ indexLag: { lag, pending }, queries: { indexes } }: Hub): DeepReadonly<IndexState> => ({
  lag: typeof lag === 'string' ? lag : `lag:${lag.ms}ms`,
  pending,
  indexes: Object.fromEntries(indexes),
});

const evaluate = (hub: Hub, { kind, text, message }: Evaluate): Evaluation => {
  const { limits } = hub;
  if (kind !== 'routing')
    return selected(hub, kind === 'jobCondition' ? jobSelection(text, limits) : targetSelection(text, limits));
  const { systemProperties = {}, appProperties = {}, body, twin } = message ?? {};
  const result = parseRoute(text, limits)(routable({ systemProperties, appProperties, body: () => body, twin }));
  return { result: result ?? 'undefined' };
};

const selected = (hub: Hub, { from, matches }: Selection): Evaluation => {
  const table = from === 'devices' ? hub.fleet.devices : hub.fleet.modules;
  return { from, ids: [...table.rows()].filter(matches).map(({ key }) => key) };
};
