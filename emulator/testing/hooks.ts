import type { Emulator } from '../index.ts';
import { lend } from './fixtures.ts';
import { startForTests, type TestOptions } from './options.ts';
import type { TestHub } from './test-hub.ts';

type Hook = (run: () => Promise<void>) => unknown;

/** The hooks of a runner: jest and vitest say `beforeAll` and `afterAll`, node:test and mocha `before` and `after`. */
export type Hooks = {
  readonly beforeEach: Hook;
  readonly afterEach: Hook;
} & ({ readonly beforeAll: Hook; readonly afterAll: Hook } | { readonly before: Hook; readonly after: Hook });

/**
 * A hub for each test of a file, whatever the runner: `const iotHub = useIotHub({ before, after, beforeEach, afterEach })`,
 * then `iotHub()` in a test. It throws an Error outside of tests.
 */
export const useIotHub = (hooks: Hooks, options: TestOptions = {}): (() => TestHub) => {
  const [before, after] = 'before' in hooks ? [hooks.before, hooks.after] : [hooks.beforeAll, hooks.afterAll];
  let emulator: Emulator | undefined;
  let lent: ReturnType<typeof lend> | undefined;
  before(async () => {
    emulator = await startForTests(options);
  });
  hooks.beforeEach(async () => {
    if (emulator !== undefined) lent = lend(emulator, options);
  });
  hooks.afterEach(async () => {
    await lent?.[Symbol.asyncDispose]();
    lent = undefined;
  });
  after(async () => {
    await emulator?.close();
    emulator = undefined;
  });
  return () => {
    if (lent === undefined) throw new Error('There is a hub during a test only');
    return lent.iotHub;
  };
};
