import { describe, expect, test } from 'vitest';
import {
  type Condition,
  parseJobCondition,
  parseMetric,
  parseTargetCondition,
} from '../../../emulator/hub/query/conditions.ts';
import { drain, Queries } from '../../../emulator/hub/query/queries.ts';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import { routed } from '../../../emulator/hub/query/routing-message.ts';
import { Shelf } from '../../../emulator/hub/query/shelf.ts';
import { alasqlRelations } from '../../../emulator/relations.ts';
import { documents } from '../../support/documents.ts';
import { refusal } from '../../support/hub.ts';
import { permuted } from '../../support/permute.ts';
import { idOf, multiset, readVectors, type Vectors } from '../../support/vectors.ts';

const outcomes = (published: Vectors, title: string): void => {
  const { fleet, vectors, paging, targetConditions, jobConditions, metricQueries, routing } = published;
  const relations = alasqlRelations();
  const shelves = {
    devices: new Shelf(documents('devices', fleet.devices), relations),
    'devices.modules': new Shelf(documents('devices.modules', fleet.modules), relations),
    'devices.jobs': new Shelf(documents('devices.jobs', fleet.jobs), relations),
  };
  const queries = new Queries(Object.values(shelves));
  const meant = ({ from, where }: Condition): Outcome => {
    const ids = multiset(drain(shelves[from].select(where)).map(idOf));
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
        const refused = refusal(() => parseTargetCondition(condition));
        if (refused === undefined) expect(meant(parseTargetCondition(condition))).toEqual(sortedIds(wanted));
        else
          expect({
            status: refused.status,
            errorCode: refused.code,
            message: `ErrorCode:${refused.code};${refused.message}`,
          }).toEqual(wanted.error);
      },
    );
  });

  describe(`${title}: job conditions`, () => {
    test.each(jobConditions.map((vector) => [vector.id, vector] as const))('%s', (_, { condition, expect: wanted }) => {
      const refused = refusal(() => parseJobCondition(condition));
      expect(refused !== undefined).toBe(wanted.asyncFailure === true);
      if (refused === undefined) expect(meant(parseJobCondition(condition))).toEqual(sortedIds(wanted));
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

outcomes(readVectors(), 'as published');
outcomes(permuted(readVectors()), 'in other words');
