import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { runSteps } from '../../../scenarios/tutorial/steps.ts';
import { python } from '../../support/programs/python.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'scenarios', 'tutorial', 'python');

test('the Python edition of the tutorial finds the device by its tag, and by its reported property once it has one', async () => {
  const interpreter = await python();
  const program = (name: string) => [interpreter, '-u', join(FOLDER, name)];
  await using emulator = await startEmulator({ ports: 'default', devices: ['workshop-7'] });
  const edition = { service: program('add_tags_and_query.py'), device: program('report_connectivity.py') };
  expect(await runSteps(edition, { ...process.env, ...emulator.env() })).toEqual({
    before: { inPlant: true, onCellular: false },
    after: { inPlant: true, onCellular: true },
  });
});
