import { HubError } from '../../../../protocol/errors.ts';
import { compareFleets } from '../../../hub/history/compare-fleets.ts';
import type { Hub } from '../../../hub/hub.ts';
import { takeSnapshot } from '../../../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../../../hub/snapshots/snapshots.ts';
import { anonymized } from '../../../seeds/anonymize.ts';
import { loadSeed } from '../../../seeds/apply.ts';
import { exportSeed } from '../../../seeds/export.ts';
import { readSeed, SeedError } from '../../../seeds/read.ts';
import type { Seed } from '../../../seeds/seed.ts';
import { notTaken, trySeed } from '../../../seeds/try-seed.ts';
import { writeSeed } from '../../../seeds/write.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';
import { renderComparison } from './compare.ts';

/** The hub as a seed, in every form of a seed file. */
export const seeds = (hub: Hub, snapshots: Snapshots): readonly AdminRoute[] => [
  adminRoute('POST /seed', async ({ body, query }) => {
    const seed = anonymized(await read(body), query);
    const applied = loadSeed(hub, seed, { replace: query.mode === 'replace' });
    if (query.seal === 'yes') snapshots.seal();
    return { ...applied };
  }),
  adminRoute('POST /dry-run/seed', async ({ body, query, gone }) => {
    const seed = anonymized(await read(body), query);
    const copy = trySeed(hub, seed, { replace: query.mode === 'replace' });
    const [before, after] = [takeSnapshot(hub).spaces, takeSnapshot(copy).spaces];
    const comparison = compareFleets(before, after, { most: query.limit, withKeys: false });
    return {
      ...renderComparison(await runInSlices(comparison, gone)),
      configurations: seed.configurations.map(({ id }) => String(id)),
      notTaken: [...notTaken(body.toString('utf8'))],
    };
  }),
  adminRoute('GET /seed', async ({ query }) => {
    const content = await writeSeed(anonymized(exportSeed(hub), query), query.form);
    return new Reply({ status: 200, body: { type: TYPES[query.form], content } });
  }),
];

const TYPES = {
  json: 'application/json; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
  state: 'application/json; charset=utf-8',
  'devices.txt': 'text/plain; charset=utf-8',
} as const;

/** What is created in about two seconds, in which no other client is answered. A larger seed can be given to the start. */
const MOST_CHARACTERS = 16_000_000;

const read = async (body: Buffer): Promise<Seed> => {
  try {
    return await readSeed(body.toString('utf8'), Math.max(MOST_CHARACTERS, body.length));
  } catch (error) {
    throw error instanceof SeedError ? new HubError('ArgumentInvalid', error.message) : error;
  }
};
