import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type TestHub, useIotHub } from 'iothub-emulator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

test('node:test runs with a hub for each test', async () => {
  const program = fileURLToPath(new URL('./programs/node-test.mjs', import.meta.url));
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const args = ['--import', 'tsx', '--conditions=source', '--test-reporter=tap', program];
  const child = spawn(process.execPath, args, { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  expect(said).toContain('# pass 2');
  expect(code).toBe(0);
});

// jest and vitest name their hooks alike
describe.each(['fork', 'reset'] as const)('hooks of a runner, with a %s for each test', (isolation) => {
  const iotHub = useIotHub({ beforeAll, afterAll, beforeEach, afterEach }, { devices: ['oven'], isolation });
  const seen = new Set<TestHub>();

  test.each([1, 2])('time %d', (time) => {
    const oven = iotHub().device('oven');
    expect(oven.twin.tags).toBeUndefined();
    oven.tag({ time });
    iotHub().fail({ operation: 'twin.get' }, 'throttle');
    expect(iotHub().hub.faults.list()).toHaveLength(1);
    expect(iotHub().events('twin.updated')).toHaveLength(1);
    expect(seen.has(iotHub())).toBe(false);
    seen.add(iotHub());
  });
});

test('outside of tests there is no hub', () => {
  const nothing = () => {};
  const hooks = { before: nothing, after: nothing, beforeEach: nothing, afterEach: nothing };
  expect(useIotHub(hooks)).toThrow('The hub exists only during a test');
});
