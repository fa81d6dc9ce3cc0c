import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { sharedCa } from '../../support/programs/command.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('usage tells what was done, what is charged for it, and which tiers would be enough', async () => {
  await using admin = await startAdmin();
  admin.hub.usage.clear();
  for (let i = 0; i < 71; i++) admin.hub.usage.count('twinUpdates', 5000);
  const { body } = await admin.ask('GET', '/usage');
  expect(body).toMatchObject({
    tier: null,
    messages: { large: 142, small: 710 },
    today: { large: 142, small: 710 },
    throttles: [
      {
        name: 'twinUpdates',
        title: 'twin updates',
        operations: 71,
        refused: 0,
        bytes: 355_000,
        peak: 71,
        peakText: '71/s',
        peakAt: '2026-01-01T00:00:00.000Z',
        allowed: null,
      },
    ],
    summary: 'This run would need S2 × 15 or S3: twin updates peaked at 71/s, of which S2 allows 50/s.',
  });
  expect((await admin.ask('DELETE', '/usage')).status).toBe(204);
  expect((await admin.ask('GET', '/usage')).body).toMatchObject({ messages: { large: 0 }, throttles: [] });
});

test('a health check, which containers make all the time, is not usage', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa });
  expect((await fetch(`${emulator.adminUrl}/health`)).status).toBe(200);
  expect(await (await fetch(`${emulator.adminUrl}/usage`)).json()).toMatchObject({ throttles: [] });
});

test('when what was used is forgotten, operations happen that wait for a throttle', async () => {
  await using admin = await startAdmin();
  let released = 0;
  admin.hub.tiers.watch(() => released++);
  await admin.ask('GET', '/usage');
  expect(released).toBe(0);
  await admin.ask('DELETE', '/usage');
  expect(released).toBe(1);
});
