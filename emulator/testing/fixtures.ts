import type { Emulator } from '../index.ts';
import { startForTests, type TestOptions } from './options.ts';
import { TestHub } from './test-hub.ts';

type Use<T> = (value: T) => Promise<void>;

/** What `test.extend` of vitest takes. */
export interface HubFixtures {
  /** One per worker. */
  readonly emulator: (context: object, use: Use<Emulator>) => Promise<void>;
  /** One per test. */
  readonly iotHub: (context: { readonly emulator: Emulator }, use: Use<TestHub>) => Promise<void>;
}

/** Fixtures for vitest: `const test = base.extend(hubFixtures({ devices: ['oven'] }))`, then `({ iotHub }) => …`. */
export const hubFixtures = (options: TestOptions = {}): HubFixtures => ({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameters of fixtures, and takes only a pattern
  emulator: perWorker(async ({}, use) => {
    await using emulator = await startForTests(options);
    await use(emulator);
  }),
  iotHub: async ({ emulator }, use) => {
    await using lent = lend(emulator, options);
    await use(lent.iotHub);
  },
});

/** vitest infers no type from a pair of fixture and options: the pair is passed off as the fixture. */
const perWorker = <F>(fixture: F): F => [fixture, { scope: 'worker' }] as unknown as F;

/** A hub for one test: a fork, or the emulator's own hub as it was in the beginning. */
export const lend = (
  emulator: Emulator,
  { isolation = 'fork', patience }: TestOptions,
): AsyncDisposable & { readonly iotHub: TestHub } => {
  if (isolation === 'fork') {
    const iotHub = new TestHub(emulator.fork(), { patience });
    return { iotHub, [Symbol.asyncDispose]: () => iotHub.close() };
  }
  emulator.states.reset({ dropConnections: true });
  const iotHub = new TestHub(emulator, { patience });
  // the emulator lives on, so only what belongs to the test ends
  return { iotHub, [Symbol.asyncDispose]: async () => iotHub.leave() };
};
