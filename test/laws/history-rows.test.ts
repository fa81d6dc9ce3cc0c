import fc from 'fast-check';
import { test } from 'vitest';
import { nameOf } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { newSession, refusal } from '../support/hub/hub.ts';
import { message } from '../support/hub/messages.ts';
import { HistoryWorld, KEYS } from '../support/model/history-world.ts';
import { runs } from '../support/runs.ts';
import { patch as anyPatch } from './arbitrary.ts';

type Step = (world: HistoryWorld) => void;

const key = fc.constantFrom(...KEYS);
/** As JSON has it, without -0. */
const patch = anyPatch.map((one): JsonObject => JSON.parse(JSON.stringify(one)));
/** How devices may write a patch; without a text, the hub writes it. */
const FORMS: readonly ((patch: JsonObject) => string | undefined)[] = [
  () => undefined,
  (patch) => JSON.stringify(patch),
  (patch) => ` ${JSON.stringify(patch, undefined, '\t')}\n`,
  (patch) => JSON.stringify(patch).replace('{', '{"twice":1,"twice":null,').replace(',}', '}'),
  (patch) =>
    JSON.stringify(patch).replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (patch) => JSON.stringify(patch) + ' '.repeat(5000),
];

const report = ({ hub }: HistoryWorld, id: string, text: string | undefined, patch: JsonObject): void => {
  hub.twins.report(id, text === undefined ? patch : JSON.parse(text), undefined, text);
};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(key, fc.constantFrom(...FORMS), patch).map(
      ([id, form, patch]): Step =>
        (world) =>
          report(world, id, form(patch), patch),
    ),
  },
  fc.tuple(key, fc.integer({ min: 2, max: 40 })).map(
    ([id, times]): Step =>
      (world) => {
        for (let n = 0; n < times; n++) report(world, id, `{"n":${n}}`, {});
      },
  ),
  fc.tuple(key, patch).map(
    ([id, desired]): Step =>
      ({ hub }) =>
        hub.twins.patch(id, { properties: { desired } }),
  ),
  fc.tuple(key, fc.integer()).map(
    ([id, n]): Step =>
      ({ hub }) =>
        hub.actors.as({ kind: 'policy', id: 'service' }, () => hub.twins.patch(id, { tags: { n } })),
  ),
  key.map(
    (id): Step =>
      ({ hub }) =>
        hub.sessions.open(newSession(id).session, { resume: false }),
  ),
  key.map(
    (id): Step =>
      ({ hub }) =>
        hub.sessions.drop(id, 'requested'),
  ),
  key.map(
    (id): Step =>
      ({ hub }) =>
        hub.inbox.enqueue(id, message('x')),
  ),
  key.map(
    (id): Step =>
      ({ hub }) =>
        hub.inbox.purge(id),
  ),
  key.map(
    (id): Step =>
      ({ hub }) =>
        hub.registry.delete(nameOf(id), '*'),
  ),
  {
    weight: 2,
    arbitrary: key.map(
      (id): Step =>
        ({ hub }) =>
          hub.registry.create(nameOf(id), {}),
    ),
  },
  fc.constantFrom(1, 999, 60_000).map(
    (ms): Step =>
      ({ clock }) =>
        clock.advance(ms),
  ),
  fc.constantFrom(1, 60_000).map(
    (ms): Step =>
      ({ clock }) =>
        clock.set(clock.now() - ms),
  ),
  fc.constantFrom('lists', 'changes').map(
    (from): Step =>
      (world) =>
        world.restart(from),
  ),
  fc.constant((world: HistoryWorld) => world.take()),
  { weight: 2, arbitrary: fc.constant((world: HistoryWorld) => world.flush()) },
);

const limit = fc.constantFrom(1, 2, 5, 31, 32, 33);
const maxBytes = fc.constantFrom(3_000, 10_000, 30_000, 1e9);

test('the history of an id is what the hub had after each write, as far as it goes back, also when it is read later or restored', () => {
  fc.assert(
    fc.property(limit, maxBytes, fc.array(step, { maxLength: 80, size: 'max' }), (limit, maxBytes, steps) => {
      const world = new HistoryWorld(limit, maxBytes);
      for (const deviceId of ['a', 'b']) world.hub.registry.create({ deviceId }, {});
      world.hub.registry.create({ deviceId: 'a', moduleId: 'm' }, {});
      for (const [index, take] of steps.entries()) {
        refusal(() => take(world));
        world.checkBytes();
        if (index % 20 === 19) world.check();
      }
      world.check();
    }),
    { numRuns: runs(200) },
  );
}, 120_000);
