import fc from 'fast-check';
import { expect, test } from 'vitest';
import { single, union } from '../../../emulator/hub/query/candidates.ts';
import { SlotSet } from '../../../emulator/hub/query/slot-set.ts';

test('the union of many sets has all their members in ascending order, from any slot on', () => {
  const slots = fc.uniqueArray(fc.nat(300_000), { minLength: 12, maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(slots, fc.array(fc.nat(400_000), { maxLength: 20 }), (members, asked) => {
      const sets = Array.from({ length: 10 }, () => new SlotSet());
      members.slice(1).forEach((slot, i) => {
        sets[i % 10]?.add(slot);
      });
      const all = union([...sets, single(members[0] ?? 0)]);
      const ordered = members.toSorted((a, b) => a - b);
      expect(all.size).toBe(members.length);
      const read: number[] = [];
      for (let slot = all.next(0); slot !== undefined; slot = all.next(slot + 1)) read.push(slot);
      expect(read).toEqual(ordered);
      for (const slot of asked) {
        expect(all.next(slot)).toBe(ordered.find((member) => member >= slot));
        expect(all.has(slot)).toBe(members.includes(slot));
      }
    }),
    { numRuns: 50 },
  );
});
