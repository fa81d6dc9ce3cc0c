import { describe, expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { parseMetric } from '../../../emulator/hub/query/conditions.ts';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import { routable } from '../../../emulator/hub/query/routing-message.ts';
import { jobSelection, type Selection, targetSelection } from '../../../emulator/hub/selection.ts';
import { importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';
import { permuted } from '../../support/hub/permute.ts';
import { idOf, multiset, readVectors, type Vectors } from '../../support/hub/vectors.ts';

const hubWith = (fleet: Vectors['fleet']): Hub => {
  const { hub } = newHub({ relations: alasqlRelations() });
  importFleet(hub, JSON.parse(JSON.stringify(fleet)), { replace: false });
  return hub;
};

/** Runs a check on every vector; gives those that fail, each with the reason. */
const failures = <V extends object>(vectors: readonly V[], check: (vector: V) => unknown): string[] =>
  vectors.flatMap((vector) => {
    try {
      check(vector);
      return [];
    } catch (error) {
      return [`${JSON.stringify(vector)}\n${error instanceof Error ? error.message : error}`];
    }
  });

const published = readVectors('query-vectors');
const more = readVectors('query-vectors-more');

// vectors are counted as vectors: in the titles, not as so many tests
describe.each([
  ['the documentation', published],
  ['the documentation, in other words', permuted(published)],
  ['query-vectors-more', more],
  ['query-vectors-more, in other words', permuted(more)],
])('vectors of %s', (_, { fleet, vectors, paging, targetConditions, jobConditions, metricQueries }) => {
  const hub = hubWith(fleet);
  const { queries } = hub;

  test(`${vectors.length} queries have the answers that are given`, () => {
    const check = ({ query, expect: wanted, alternateIds, alternateError }: Vectors['vectors'][number]) => {
      const refused = refusal(() => queries.runNow(queries.parse(query)));
      if (refused !== undefined) {
        const found = { status: refused.status, errorCode: refused.code };
        return expect([wanted.error, alternateError]).toContainEqual(found);
      }
      const page = queries.runNow(queries.parse(query));
      expect(wanted.error).toBeUndefined();
      expect(page.itemType).toBe(wanted.itemType);
      if (wanted.count !== undefined) expect(page.items).toHaveLength(wanted.count);
      if (wanted.rows !== undefined) expect(multiset(page.items)).toEqual(multiset(wanted.rows));
      if (wanted.ids === undefined) return;
      const allowed = [multiset(wanted.ids), multiset(alternateIds ?? wanted.ids)];
      expect(allowed).toContainEqual(multiset(page.items.map(idOf)));
    };
    expect(failures(vectors, check)).toEqual([]);
  });

  test.runIf(paging.length > 0)(`${paging.length} queries have pages of the given sizes`, () => {
    const check = ({ query, maxItemCount, pages }: Vectors['paging'][number]) => {
      const sizes: number[] = [];
      let continuation: string | undefined;
      do {
        const page = queries.runNow(queries.parse(query), { maxItemCount, continuation });
        sizes.push(page.items.length);
        continuation = page.continuation;
      } while (continuation !== undefined);
      expect(sizes).toEqual(pages);
    };
    expect(failures(paging, check)).toEqual([]);
  });

  test(`${targetConditions.length} target conditions select the devices that are given`, () => {
    const check = ({ condition, expect: wanted }: Vectors['targetConditions'][number]) => {
      const refused = refusal(() => targetSelection(condition));
      if (refused === undefined) return expect(selected(hub, targetSelection(condition))).toEqual(sortedIds(wanted));
      const message = `ErrorCode:${refused.code};${refused.message}`;
      const found = { status: refused.status, errorCode: refused.code, message };
      expect(found).toEqual({ message: expect.any(String), ...wanted.error });
    };
    expect(failures(targetConditions, check)).toEqual([]);
  });

  test(`${jobConditions.length} job conditions select the devices that are given`, () => {
    const check = ({ condition, expect: wanted }: Vectors['jobConditions'][number]) => {
      const refused = refusal(() => jobSelection(condition));
      expect(refused !== undefined).toBe(wanted.asyncFailure === true);
      if (refused === undefined) expect(selected(hub, jobSelection(condition))).toEqual(sortedIds(wanted));
    };
    expect(failures(jobConditions, check)).toEqual([]);
  });

  test(`${metricQueries.length} metrics are accepted and count, or are refused`, () => {
    const check = ({ query, accepted, count }: Vectors['metricQueries'][number]) => {
      const refused = refusal(() => parseMetric(query));
      expect(refused?.code).toBe(accepted ? undefined : 'InvalidConfigurationCustomMetricsQuery');
      const metric = accepted ? parseMetric(query) : undefined;
      if (count !== undefined && metric !== undefined) expect(queries.runNow(metric).items).toHaveLength(count);
    };
    expect(failures(metricQueries, check)).toEqual([]);
  });
});

describe.each([
  ['the documentation', published.routing],
  ['query-vectors-more', more.routing],
])('vectors of %s', (_, { message, vectors }) => {
  test(`${vectors.length} routing conditions decide as they are given`, () => {
    const arrived = routable({ ...message, body: () => message.body });
    const check = ({ condition, expect: wanted }: Vectors['routing']['vectors'][number]) => {
      const refused = refusal(() => parseRoute(condition));
      const result = refused === undefined ? String(parseRoute(condition)(arrived)) : 'compile-error';
      expect(result).toBe(String(wanted));
    };
    expect(failures(vectors, check)).toEqual([]);
  });
});

interface Ids {
  readonly ids?: readonly string[] | undefined;
  readonly moduleIds?: readonly string[] | undefined;
}

const selected = (hub: Hub, { from, matches }: Selection): Ids => {
  const rows = [...(from === 'devices' ? hub.fleet.devices : hub.fleet.modules).rows()];
  const ids = multiset(rows.filter(matches).map((member) => idOf(renderTwin(member))));
  return from === 'devices' ? { ids } : { moduleIds: ids };
};

const sortedIds = ({ ids, moduleIds }: Ids): Ids =>
  moduleIds === undefined ? { ids: multiset(ids ?? []) } : { moduleIds: multiset(moduleIds) };
