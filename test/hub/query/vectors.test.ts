import { describe, expect, test } from 'vitest';
import { Queries } from '../../../emulator/hub/query/queries.ts';
import { Shelf } from '../../../emulator/hub/query/shelf.ts';
import { alasqlRelations } from '../../../emulator/relations.ts';
import { documents } from '../../support/documents.ts';
import { refusal } from '../../support/hub.ts';
import { idOf, multiset, readVectors, type Vectors } from '../../support/vectors.ts';

const outcomes = ({ fleet, vectors, paging }: Vectors, title: string): void => {
  const relations = alasqlRelations();
  const queries = new Queries([
    new Shelf(documents('devices', fleet.devices), relations),
    new Shelf(documents('devices.modules', fleet.modules), relations),
    new Shelf(documents('devices.jobs', fleet.jobs), relations),
  ]);

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
};

outcomes(readVectors(), 'as published');
