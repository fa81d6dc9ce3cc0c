import fc from 'fast-check';
import { expect, test } from 'vitest';
import { single, united } from '../../../emulator/hub/query/candidates.ts';
import { SlotSet } from '../../../emulator/hub/query/slots.ts';

test('many sets read as one are all their members in order, wherever one begins', () => {
  const slots = fc.uniqueArray(fc.nat(300_000), { minLength: 12, maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(slots, fc.array(fc.nat(400_000), { maxLength: 20 }), (members, asked) => {
      const sets = Array.from({ length: 10 }, () => new SlotSet());
      members.slice(1).forEach((slot, i) => {
        sets[i % 10]?.add(slot);
      });
      const all = united([...sets, single(members[0] ?? 0)]);
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
