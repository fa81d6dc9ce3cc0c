import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { expect, test, vi } from 'vitest';
import { replay } from '../../emulator/traces/replay.ts';
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { sharedCa } from '../support/programs/command.ts';

const planted = vi.hoisted(() => ({ isOn: false }));

/** The changed rule: a null within an object no longer deletes. */
vi.mock('../../emulator/hub/twins/merge-patch.ts', async (original) => {
  const real = await original<typeof import('../../emulator/hub/twins/merge-patch.ts')>();
  const withoutNulls = (patch: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
  const mergePatch: typeof real.mergePatch = (target, patch) =>
    real.mergePatch(
      target,
      planted.isOn
        ? Object.fromEntries(
            Object.entries(patch).map(([key, value]) => [key, isObject(value) ? withoutNulls(value) : value]),
          )
        : patch,
    );
  return { ...real, mergePatch };
});

test('a changed merge rule is found at the event of the first write that it changes', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'planted-')), 'run.trace');
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  const { twins, events } = emulator.hub;
  twins.patch('oven', { tags: { place: { hall: 4, row: 2 } } });
  twins.report('oven', { celsius: 20 });
  twins.patch('oven', { tags: { place: { row: null } } }); // here
  const right = events.sequence;
  twins.patch('oven', { tags: { place: { hall: 5 } } });
  await emulator.close();
  expect((await replay(file, { compares: true })).deviation).toBeUndefined();
  planted.isOn = true;
  const { deviation, stopped } = await replay(file, { compares: true });
  expect(stopped).toBe('deviation');
  expect(deviation).toMatchObject({
    expected: [right, 'twin.updated', 'oven', expect.any(Number)],
    actual: { type: 'twin.updated', key: 'oven' },
  });
});
