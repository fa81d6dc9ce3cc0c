import { startEmulator } from 'iothub-emulator';
import { describe, expect, test } from 'vitest';
import { sharedCa } from '../support/programs/command.ts';
import { GAPS } from './gaps.ts';

describe.each(GAPS)('$id: $lacks', ({ attempt, reason }) => {
  test(`is still missing: ${reason}`, async () => {
    await using emulator = await startEmulator({ caDir: sharedCa, devices: ['d1'], trust: 'process' });
    await expect(attempt(emulator)).rejects.toThrow(/NotFound|not found|not answered|No HTTP resource/i);
  });
});
