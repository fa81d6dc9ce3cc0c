import { describe, expect, test } from 'vitest';
import { importFleet } from '../../../emulator/hub/fleet-document.ts';
import { renderTwin } from '../../../emulator/hub/member.ts';
import { parseMetric } from '../../../emulator/hub/query/conditions.ts';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import { routed } from '../../../emulator/hub/query/routing-message.ts';
import { jobSelection, type Selection, targetSelection } from '../../../emulator/hub/selection.ts';
import { alasqlRelations } from '../../../emulator/relations.ts';
import { newHub, refusal } from '../../support/hub.ts';
import { permuted } from '../../support/permute.ts';
import { idOf, multiset, readVectors, type Vectors } from '../../support/vectors.ts';

const outcomes = (published: Vectors, title: string): void => {
  const { fleet, vectors, paging, targetConditions, jobConditions, metricQueries, routing } = published;
  const { hub } = newHub({ relations: alasqlRelations() });
  importFleet(hub, JSON.parse(JSON.stringify(fleet)), { replace: false });
  const { queries } = hub;
  const meant = ({ from, matches }: Selection): Outcome => {
    const rows = [...(from === 'devices' ? hub.fleet.devices : hub.fleet.modules).rows()];
    const ids = multiset(rows.filter(matches).map((member) => idOf(renderTwin(member))));
    return from === 'devices' ? { ids } : { moduleIds: ids };
  };

  describe(`${title}: queries`, () => {
    test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
      const { query, expect: wanted, alternateIds, alternateError } = vector;
      const refused = refusal(() => queries.runNow(queries.parse(query)));
      if (refused !== undefined)
        return expect([wanted.error, alternateError]).toContainEqual({
          status: refused.status,
          errorCode: refused.code,
        });
      const page = queries.runNow(queries.parse(query));
      expect(wanted.error).toBeUndefined();
      expect(page.itemType).toBe(wanted.itemType);
      if (wanted.count !== undefined) expect(page.items).toHaveLength(wanted.count);
      if (wanted.rows !== undefined) expect(multiset(page.items)).toEqual(multiset(wanted.rows));
      if (wanted.ids !== undefined)
        expect([multiset(wanted.ids), multiset(alternateIds ?? wanted.ids)]).toContainEqual(
          multiset(page.items.map(idOf)),
        );
    });
  });

  describe(`${title}: paging`, () => {
    test.each(paging)('$query by $maxItemCount', ({ query, maxItemCount, pages }) => {
      const sizes: number[] = [];
      let continuation: string | undefined;
      do {
        const page = queries.runNow(queries.parse(query), { maxItemCount, continuation });
        sizes.push(page.items.length);
        continuation = page.continuation;
      } while (continuation !== undefined);
      expect(sizes).toEqual(pages);
    });
  });

  describe(`${title}: target conditions`, () => {
    test.each(targetConditions.map((vector) => [vector.id, vector] as const))(
      '%s',
      (_, { condition, expect: wanted }) => {
        const refused = refusal(() => targetSelection(condition));
        if (refused === undefined) expect(meant(targetSelection(condition))).toEqual(sortedIds(wanted));
        else
          expect({
            status: refused.status,
            errorCode: refused.code,
            message: `ErrorCode:${refused.code};${refused.message}`,
          }).toEqual({ message: expect.any(String), ...wanted.error });
      },
    );
  });

  describe(`${title}: job conditions`, () => {
    test.each(jobConditions.map((vector) => [vector.id, vector] as const))('%s', (_, { condition, expect: wanted }) => {
      const refused = refusal(() => jobSelection(condition));
      expect(refused !== undefined).toBe(wanted.asyncFailure === true);
      if (refused === undefined) expect(meant(jobSelection(condition))).toEqual(sortedIds(wanted));
    });
  });

  describe(`${title}: metrics`, () => {
    test.each(metricQueries)('$query', ({ query, accepted, count }) => {
      const refused = refusal(() => parseMetric(query));
      expect(refused?.code).toBe(accepted ? undefined : 'InvalidConfigurationCustomMetricsQuery');
      const metric = accepted ? parseMetric(query) : undefined;
      if (count !== undefined && metric !== undefined) expect(queries.runNow(metric).items).toHaveLength(count);
    });
  });

  describe(`${title}: routing`, () => {
    const { systemProperties, appProperties, body, twin } = routing.message;
    const message = routed({ systemProperties, appProperties, body: () => body, twin });

    test.each(routing.vectors.map((vector) => [vector.id, vector] as const))(
      '%s',
      (_, { condition, expect: wanted }) => {
        const refused = refusal(() => parseRoute(condition));
        const result = refused === undefined ? String(parseRoute(condition)(message)) : 'compile-error';
        expect(result).toBe(String(wanted));
      },
    );
  });
};

interface Outcome {
  readonly ids?: readonly string[] | undefined;
  readonly moduleIds?: readonly string[] | undefined;
}

const sortedIds = ({ ids, moduleIds }: Outcome): Outcome =>
  moduleIds === undefined ? { ids: multiset(ids ?? []) } : { moduleIds: multiset(moduleIds) };

for (const file of ['query-vectors', 'query-vectors-more']) {
  outcomes(readVectors(file), file);
  outcomes(permuted(readVectors(file)), `${file} in other words`);
}
