import * as z from 'zod';
import { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { States } from '../../../hub/states.ts';
import { disguised } from '../../../seeds/disguise.ts';
import { harvest } from '../../../seeds/harvest.ts';
import { sow } from '../../../seeds/plant.ts';
import { readSeed, SeedError } from '../../../seeds/read.ts';
import { SeedFile } from '../../../seeds/seed.ts';
import { SEED_FORMS, writeSeed } from '../../../seeds/write.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

const BODY_LIMIT = 1024 ** 3;

const Disguised = {
  keys: z.enum(['kept', 'new']).default('kept').describe('new: without the keys'),
  ids: z.enum(['kept', 'pseudonyms']).default('kept').describe('pseudonyms: device-1, module-1, …'),
};
const SOW = {
  summary: 'Create what a seed says',
  query: z.strictObject({
    mode: z.enum(['merge', 'replace']).default('merge').describe('replace: instead of what is there'),
    seal: z.enum(['yes', 'no']).default('yes').describe('no: a reset goes back to where it went before'),
    ...Disguised,
  }),
  schema: SeedFile,
  alsoAs: ['application/yaml', 'text/plain'],
};
const REAP = {
  summary: 'The hub as a seed',
  query: z.strictObject({ form: z.enum(SEED_FORMS).default('json'), ...Disguised }),
  answers: ['application/json', 'application/yaml', 'text/plain'],
};

/**
 * A hub to start from, in and out, in every form of a seed file. What is there after sowing is what a reset goes back to,
 * unless told otherwise: a test that sows wants to leave no trace.
 */
export const seeds = (hub: Hub, states: States): readonly AdminRoute[] => [
  adminRoute('POST /seed', { ...SOW, body: text, bodyLimit: BODY_LIMIT }, async ({ body, query }) => {
    const seed = disguised(await readOrRefuse(body), query);
    const planted = sow(hub, seed, { replace: query.mode === 'replace' });
    if (query.seal === 'yes') states.seal();
    return ok({ ...planted });
  }),
  adminRoute('GET /seed', REAP, async ({ query }) => {
    const content = await writeSeed(disguised(harvest(hub), query), query.form);
    return { status: 200, body: { type: TYPES[query.form], content } };
  }),
];

const TYPES = {
  json: 'application/json; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
  state: 'application/json; charset=utf-8',
  'devices.txt': 'text/plain; charset=utf-8',
} as const;

const readOrRefuse = async (body: string) => {
  try {
    return await readSeed(body);
  } catch (error) {
    throw error instanceof SeedError ? new HubError('ArgumentInvalid', error.message) : error;
  }
};

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}
