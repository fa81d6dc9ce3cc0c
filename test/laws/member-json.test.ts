import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberChange, memberChanges } from '../../emulator/hub/fleet/member-change.ts';
import { memberJson } from '../../emulator/hub/fleet/member-json.ts';
import { changedSection, sectionChangeOf } from '../../emulator/hub/twins/section-change.ts';
import { sectionFromJson, sectionToJson } from '../../emulator/hub/twins/section-json.ts';
import { patchSection, replaceSection, type Section, stampedAs } from '../../emulator/hub/twins/twin.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { newHub } from '../support/hub/hub.ts';
import { anything } from '../support/hub/steps-of-operators.ts';
import { runs } from '../support/runs.ts';

const name = fc.constantFrom('a', 'b', 'c', '1', '__proto__', 'constructor', 'toString');
const { object } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, 0, 1, '', 'x', true),
    fc.array(fc.nat()),
    tie('object'),
  ),
  object: fc.uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 5 }).map(objectOf),
}));

function objectOf(entries: readonly (readonly [string, unknown])[]): JsonObject {
  const made = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true });
  return made;
}

const change = fc.record({ at: fc.constantFrom('t1', 't2', 't3'), counted: fc.boolean() });
const step = fc.oneof(
  fc.tuple(object, change).map(
    ([patch, how]) =>
      (section: Section): Section =>
        patchSection(section, patch, how),
  ),
  fc.tuple(object, change).map(
    ([patch, how]) =>
      (section: Section): Section =>
        replaceSection(section, patch, how),
  ),
  object.map((given) => (section: Section): Section => {
    return { ...section, metadata: stampedAs(section.metadata, given) };
  }),
);
const first: Section = { values: {}, metadata: { $lastUpdated: 't0' }, version: 1, sizeBound: 0 };
const read = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const text = (value: unknown): string => JSON.stringify(value);

test('a section is read as it was written, members in their order, and so is what has changed in it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.array(step, { minLength: 1, maxLength: 3 }), (past, steps) => {
      const before = past.reduce((section, make) => make(section), first);
      const after = steps.reduce((section, make) => make(section), before);
      expect(text(sectionFromJson(read(sectionToJson(after))))).toBe(text(after));
      expect(text(changedSection(before, read(sectionChangeOf(before, after))))).toBe(text(after));
    }),
    { numRuns: runs(10_000) },
  );
});

test('so are rows of devices and modules, whatever is done to them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const world = newHub();
      world.hub.registry.create({ deviceId: 'a' }, {});
      const pairs: [read: string, written: string][] = [];
      world.hub.changes.listen(({ space, value }, before) => {
        if ((space !== 'devices' && space !== 'modules') || value === undefined) return;
        pairs.push([text(memberJson.fromJson(read(memberJson.toJson(value)))), text(value)]);
        if (before === undefined) return;
        const known = before as typeof value; // of the same space
        pairs.push([text(memberChanges.apply(known, JSON.parse(memberChanges.toText(known, value)))), text(value)]);
      });
      for (const take of steps) {
        try {
          await take(world);
        } catch {
          // a refusal changes nothing, or is told
        }
      }
      for (const [is, wanted] of pairs) expect(JSON.parse(is)).toEqual(JSON.parse(wanted)); // identities have another order
    }),
    { numRuns: runs(100) },
  );
});

test('a report is kept as the patch that it was, with its stamp, version and bound of the size', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'a' }, {});
  hub.twins.report('a', { firmware: { version: '4.1', build: 7 }, rate: 5 });
  const written: Json[] = [];
  hub.changes.listen(({ space, value }, before) => {
    if (space === 'devices' && value !== undefined && before !== undefined)
      written.push(memberChange(before as typeof value, value));
  });
  hub.twins.report('a', { firmware: { build: 8 }, rate: null });
  expect(written).toEqual([
    { reported: [{ firmware: { build: 8 }, rate: null }, '2026-01-01T00:00:00Z', 3, 68], version: 4 },
  ]);
});
