import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../support/programs/command.ts';
import { type EmulatorInFolder, startInFolder } from '../support/programs/emulator-in-folder.ts';

let output: EmulatorInFolder['output'];
let stop: EmulatorInFolder['stop'];
beforeAll(async () => {
  ({ output, stop } = await startInFolder());
});
afterAll(() => stop());

test('usage shows what was used, and which tiers would be enough', async () => {
  await output('usage', '--clear');
  expect(await output('usage')).toBe('Nothing was used.\n');
  await output('query', 'SELECT * FROM devices');
  expect(await output('usage')).toBe(
    'what     operations  messages  peak\n' +
      '-------  ----------  --------  -----\n' +
      'queries  1           1         1/min\n\n' +
      'Messages of 4 KB: 1, today 1; of 0.5 KB, as F1 counts: 2, today 2.\n' +
      'This run would need F1.\n',
  );
  expect(JSON.parse(await output('usage', '--json'))).toMatchObject({
    tier: null,
    throttles: [{ name: 'queries', operations: 1, refused: 0, peak: 1 }],
    needs: expect.arrayContaining([{ tier: 'B1', units: null, because: 'B1 has no queries' }]),
  });
});

test('exec --usage says at the end what the program has used', async () => {
  const script = `
    fetch(process.env.IOTHUB_EMULATOR_ADMIN_URL + '/usage').then((answer) => answer.json()).then(({ tier }) => console.log(tier));`;
  const { code, stdout, stderr } = await run([
    ...['exec', '--ports', 'random', '--tier', 's1x2', '--usage'],
    ...['--', process.execPath, '-e', script],
  ]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'S1 × 2\n', stderr: 'Nothing was used.\n' });
});

test('a tier that does not exist is a usage error', async () => {
  const { code, stderr } = await run(['exec', '--ports', 'random', '--tier', 'S4', '--', 'true']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    '--tier: is neither off nor a tier with its units, such as F1, S1x200 or S3x10: F1 has one, B3 and S3 have at most 10, others 200',
  );
});
