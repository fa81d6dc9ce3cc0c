import * as z from 'zod';
import { HubError } from '../../../../protocol/errors.ts';
import { FaultRule } from '../../../../protocol/fault.ts';
import type { Json } from '../../../../protocol/json.ts';
import type { Hub } from '../../../hub/hub.ts';
import { noContent, ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';
import { read } from '../schema.ts';

const Rules = z.union([FaultRule, z.array(FaultRule)]);

/** What shall go wrong, and when. */
export const faults = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /faults', { summary: 'What goes wrong, and how often it did' }, () => ok(shown(hub))),
  adminRoute('POST /faults', { summary: 'Let something go wrong', body: read(Rules), schema: Rules }, ({ body }) => {
    const ids = [body].flat().map((rule) => hub.faults.add(rule));
    return ok({ ids, faults: shown(hub) });
  }),
  adminRoute('DELETE /faults', { summary: 'Let nothing go wrong any more', answers: [] }, () => {
    hub.faults.clear();
    return noContent;
  }),
  adminRoute('DELETE /faults/:id', { summary: 'Take a rule away', answers: [] }, ({ params }) => {
    if (!hub.faults.remove(params.id)) throw new HubError('GenericNotFound', `There is no fault ${params.id}`);
    return noContent;
  }),
];

/** Rules are plain data; undefined members do not reach JSON. */
const shown = (hub: Hub): Json => JSON.parse(JSON.stringify(hub.faults.list()));
