import type { Emulator } from '../index.ts';
import { failureReport } from './failure-report.ts';
import { startForTests, type TestOptions } from './options.ts';
import { TestHub } from './test-hub.ts';

type Use<T> = (value: T) => Promise<void>;

/** What vitest gives to a fixture, as far as it is used here. */
interface FixtureContext {
  readonly emulator: Emulator;
  onTestFailed(run: () => void): void;
}

/** Fixtures for `test.extend` of vitest. */
export interface HubFixtures {
  /** The emulator: one for each worker of vitest. */
  readonly emulator: (context: object, use: Use<Emulator>) => Promise<void>;
  /** The hub of a test: see `TestOptions.isolation`. */
  readonly iotHub: (context: FixtureContext, use: Use<TestHub>) => Promise<void>;
}

/**
 * Fixtures for vitest.
 * @example
 * const test = base.extend(hubFixtures({ devices: ['oven'] }));
 * test('the oven is off', ({ iotHub }) => expect(iotHub.device('oven').twin.tags).toBeUndefined());
 */
export const hubFixtures = (options: TestOptions = {}): HubFixtures => ({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameters of fixtures, and requires a pattern
  emulator: perWorker(async ({}, use) => {
    await using emulator = await startForTests(options);
    await use(emulator);
  }),
  iotHub: async ({ emulator, onTestFailed }, use) => {
    await using lent = lend(emulator, options);
    onTestFailed(() => console.error(failureReport(lent.iotHub)));
    await use(lent.iotHub);
  },
});

/** vitest infers no type from a pair of fixture and options: the pair gets the type of the fixture. */
const perWorker = <F>(fixture: F): F => [fixture, { scope: 'worker' }] as unknown as F;

/** A hub for one test: a fork, or the emulator's own hub after a reset. */
export const lend = (
  emulator: Emulator,
  { isolation = 'fork', timeoutMs }: TestOptions,
): AsyncDisposable & { readonly iotHub: TestHub } => {
  if (isolation === 'fork') {
    const iotHub = new TestHub(emulator.fork(), { timeoutMs, elsewhere: emulator });
    return { iotHub, [Symbol.asyncDispose]: () => iotHub.close() };
  }
  emulator.snapshots.reset({ dropConnections: true });
  const iotHub = new TestHub(emulator, { timeoutMs });
  // the emulator goes on for the next test
  return { iotHub, [Symbol.asyncDispose]: async () => iotHub.stopListening() };
};
