import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { originsOf, resolveOptions } from '../../../emulator/cli/option-sources.ts';
import { sharedCa } from '../../support/programs/command.ts';

test('info tells each option with where it was set, and no secret', async () => {
  await using emulator = await startEmulator({
    caDir: sharedCa,
    tier: 'S1',
    adminToken: 'open sesame',
    policyKeys: { iothubowner: 'c2VjcmV0' },
    devices: ['d1', 'd2'],
    origins: { tier: '--tier', policyKeys: 'IOTHUB_EMULATOR_POLICY_KEYS' },
  });
  const headers = { authorization: 'Bearer open sesame' };
  const text = await (await fetch(`${emulator.adminUrl}/info`, { headers })).text();
  const { options } = JSON.parse(text);
  expect(options).toEqual(
    expect.arrayContaining([
      { name: 'tier', value: 'S1', from: '--tier' },
      { name: 'policyKeys', value: { iothubowner: '••••' }, from: 'IOTHUB_EMULATOR_POLICY_KEYS' },
      { name: 'adminToken', value: '••••', from: 'default' },
      { name: 'devices', value: 2, from: 'default' },
      { name: 'auth', value: 'strict', from: 'default' },
    ]),
  );
  expect(text).not.toContain('sesame');
  expect(text).not.toContain('c2VjcmV0');
});

test('flags, variables and a file are named as the places where options were set', () => {
  const options = resolveOptions({
    flags: { tier: 'S2' },
    environment: { IOTHUB_EMULATOR_HISTORY: '5' },
    file: { path: 'hub.json', values: { partitions: 2 } },
    folder: '/work',
  });
  expect(originsOf(options)).toEqual({
    tier: '--tier',
    history: 'IOTHUB_EMULATOR_HISTORY',
    partitions: 'hub.json: partitions',
  });
});
