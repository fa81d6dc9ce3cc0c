import * as z from 'zod';
import { HubError } from '../../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../../protocol/json.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Lag, readLag } from '../../../hub/index-lag.ts';
import { parseRoute } from '../../../hub/query/routing.ts';
import { routed } from '../../../hub/query/routing-message.ts';
import { jobSelection, type Selection, targetSelection } from '../../../hub/selection.ts';
import { type Answer, ok } from '../../http/answer.ts';
import { pump } from '../../http/pump.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { read } from '../schema.ts';

const Message = z.looseObject({
  systemProperties: z.record(z.string(), z.string()).default({}),
  appProperties: z.record(z.string(), z.string()).default({}),
  body: z.custom<Json>().optional(),
  twin: z.custom<JsonObject>(isObject).optional(),
});
const Evaluate = z.strictObject({
  kind: z.enum(['targetCondition', 'jobCondition', 'routing']),
  text: z.string(),
  message: Message.optional().describe('what a routing condition is asked about'),
});
const Explain = z.strictObject({ query: z.string(), maxItemCount: z.int().min(1).optional() });
const Index = z.strictObject({ lag: z.string().describe('immediate, manual, or lag:<duration> such as lag:30s') });

const EVALUATE = { summary: 'Try out a condition of a configuration, a job or a route' };
const EXPLAIN = { summary: 'Run a query and say how' };

/** Conditions and queries looked at from inside, and when queries see a write. */
export const queries = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /evaluate', { ...EVALUATE, body: read(Evaluate), schema: Evaluate }, ({ body }) =>
    evaluate(hub, body),
  ),
  adminRoute('POST /explain', { ...EXPLAIN, body: read(Explain), schema: Explain }, async ({ body, gone }) => {
    const started = performance.now();
    const query = hub.queries.parse(body.query);
    const explanation = await pump(hub.queries.explain(query, { maxItemCount: body.maxItemCount }), gone);
    const ms = Math.round((performance.now() - started) * 1000) / 1000;
    return ok({ ...plain(explanation), ms });
  }),
  adminRoute('GET /index', { summary: 'When queries see a write, and what they have not seen yet' }, () =>
    ok(indexOf(hub)),
  ),
  adminRoute(
    'PUT /index',
    { summary: 'Let queries lag behind, or no longer', body: read(Index), schema: Index },
    ({ body }) => {
      hub.indexLag.change(lagOf(body.lag));
      return ok(indexOf(hub));
    },
  ),
  adminRoute('POST /index/release', { summary: 'Let queries see all now' }, () => {
    hub.indexLag.release();
    return ok(indexOf(hub));
  }),
  adminRoute('POST /index/caught-up', { summary: 'Wait until queries see all' }, async () => {
    await new Promise<void>((done) => hub.indexLag.whenCaughtUp(done));
    return ok(indexOf(hub));
  }),
];

/** Reads `immediate`, `manual` or `lag:30s`. Throws ArgumentInvalid. */
const lagOf = (text: string): Lag => {
  const lag = readLag(text);
  if (lag === undefined)
    throw new HubError('ArgumentInvalid', `${text} is neither immediate, manual nor lag:<duration>`);
  return lag;
};

const indexOf = (hub: Hub): Json => ({
  lag: typeof hub.indexLag.lag === 'string' ? hub.indexLag.lag : `lag:${hub.indexLag.lag.ms}ms`,
  pending: hub.indexLag.pending,
  indexes: plain(Object.fromEntries(hub.queries.indexes)),
});

const evaluate = (hub: Hub, { kind, text, message }: z.output<typeof Evaluate>): Answer => {
  if (kind !== 'routing') return ok(chosen(hub, kind === 'jobCondition' ? jobSelection(text) : targetSelection(text)));
  const { systemProperties = {}, appProperties = {}, body, twin } = message ?? {};
  const result = parseRoute(text)(routed({ systemProperties, appProperties, body: () => body, twin }));
  return ok({ result: result ?? 'undefined' });
};

const chosen = (hub: Hub, { from, matches }: Selection): Json => {
  const table = from === 'devices' ? hub.fleet.devices : hub.fleet.modules;
  return { from, ids: [...table.rows()].filter(matches).map(({ key }) => key) };
};

/** Plain data as JSON; undefined members go. */
const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));
