import { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { States } from '../../../hub/states.ts';
import { type Disguise, disguised } from '../../../seeds/disguise.ts';
import { harvest } from '../../../seeds/harvest.ts';
import { clear, plant } from '../../../seeds/plant.ts';
import { readSeed, SeedError } from '../../../seeds/read.ts';
import { SEED_FORMS, writeSeed } from '../../../seeds/write.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

const BODY_LIMIT = 1024 ** 3;

/**
 * A hub to start from, in and out, in every form of a seed file. `?mode=replace` clears the hub before; what is there
 * afterwards is what a reset goes back to. `?keys=new` and `?ids=pseudonyms` keep secrets where they belong.
 */
export const seeds = (hub: Hub, states: States): readonly AdminRoute[] => [
  adminRoute('POST /seed', { body: text, bodyLimit: BODY_LIMIT }, async ({ body, query }) => {
    const seed = disguised(await readOrRefuse(body), disguiseIn(query));
    if (query.get('mode') === 'replace') clear(hub);
    const planted = plant(hub, seed);
    states.seal();
    return ok({ ...planted });
  }),
  adminRoute('GET /seed', {}, async ({ query }) => {
    const asked = query.get('form') ?? 'json';
    const form = SEED_FORMS.find((known) => known === asked);
    if (form === undefined) throw new HubError('ArgumentInvalid', `form is one of ${SEED_FORMS.join(', ')}`);
    const content = await writeSeed(disguised(harvest(hub), disguiseIn(query)), form);
    return { status: 200, body: { type: TYPES[form], content } };
  }),
];

const TYPES = {
  json: 'application/json; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
  state: 'application/json; charset=utf-8',
  'devices.txt': 'text/plain; charset=utf-8',
} as const;

const disguiseIn = (query: ReadonlyMap<string, string>): Disguise => ({
  keys: query.get('keys') === 'new' ? 'new' : 'kept',
  ids: query.get('ids') === 'pseudonyms' ? 'pseudonyms' : 'kept',
});

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
