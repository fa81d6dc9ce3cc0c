import { beforeAll, expect, test } from 'vitest';
import { python } from '../../support/programs/python.ts';
import { exec } from '../exec.ts';

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
});

test('programs for the Python SDK v1 run on our modules of the same names', async () => {
  const pytest = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', import.meta.dirname];
  const { code, stdout, stderr } = await exec(
    'bystander',
    [interpreter, '-B', ...pytest],
    ['--feedback-interval', '1s'],
  );
  expect(code, `${stdout}\n${stderr}`).toBe(0);
});
