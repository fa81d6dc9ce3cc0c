import type { Emulator } from '../index.ts';
import { failureReport, hasFailed } from './failure-report.ts';
import { lend } from './fixtures.ts';
import { startForTests, type TestOptions } from './options.ts';
import type { TestHub } from './test-hub.ts';

type Hook = (run: () => Promise<void>) => unknown;

/** The hooks of a test runner: jest and vitest have `beforeAll` and `afterAll`, node:test and mocha `before` and `after`. */
export type Hooks = {
  /** Runs a function before each test. */
  readonly beforeEach: Hook;
  /** Runs a function after each test. */
  readonly afterEach: Hook;
} & (
  | {
      /** Runs a function before all tests of a file. */
      readonly beforeAll: Hook;
      /** Runs a function after all tests of a file. */
      readonly afterAll: Hook;
    }
  | {
      /** Runs a function before all tests of a file. */
      readonly before: Hook;
      /** Runs a function after all tests of a file. */
      readonly after: Hook;
    }
);

/**
 * A hub for each test of a file, with any test runner. The returned function gives the hub of the running test; it throws an
 * Error outside of tests.
 * @example
 * const iotHub = useIotHub({ before, after, beforeEach, afterEach }, { devices: ['oven'] });
 * test('the oven exists', () => assert(iotHub().device('oven').twin));
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
  hooks.afterEach(async function (this: unknown) {
    try {
      // a parameter would be a callback for mocha and jest
      // biome-ignore lint/complexity/noArguments: see above
      const isFailed = lent !== undefined && (await hasFailed(this, arguments[0], hooks.afterEach));
      if (isFailed && lent !== undefined) console.error(failureReport(lent.iotHub));
    } finally {
      await lent?.[Symbol.asyncDispose]();
      lent = undefined;
    }
  });
  after(async () => {
    await emulator?.close();
    emulator = undefined;
  });
  return () => {
    if (lent === undefined) throw new Error('The hub exists only during a test');
    return lent.iotHub;
  };
};
