import type { Published } from '../hub/events.ts';
import type { TestHub } from './test-hub.ts';

const LAST_EVENTS = 10;

/** What a hub has seen, for the output of a test that failed. */
export const failureReport = (iotHub: TestHub): string => {
  const refusals = iotHub
    .refusals()
    .flatMap(({ what, key, subject, code, cause, remedy }) => [
      `  refused a ${what} of ${key ?? subject ?? 'a client'} (${code}): ${cause}`,
      `    ${remedy}`,
    ]);
  const events = iotHub.events().slice(-LAST_EVENTS).map(lineOf);
  return [
    'The hub of this test:',
    ...refusals,
    ...(iotHub.trace?.save() ?? []),
    ...(events.length === 0 ? ['  nothing has happened'] : ['  last events:', ...events]),
    '',
  ].join('\n');
};

const lineOf = (event: Published): string => {
  const who = 'key' in event && event.key !== undefined ? `  ${event.key}` : '';
  return `    ${event.sequence} ${event.type}${who}`;
};

/** The state of a test, as the hooks of a runner get it. */
interface Hooked {
  /** mocha: `this` of a hook. */
  readonly currentTest?: { readonly state?: string };
  /** node:test: the argument of a hook. */
  readonly passed?: boolean;
  readonly error?: unknown;
  /** vitest: the argument of a hook. */
  readonly task?: { readonly result?: { readonly state?: string } };
}

/**
 * Whether the test has failed after which a hook runs. `self` and `context` are `this` and the argument of the hook, `afterEach` is the
 * function that has set it.
 */
export const hasFailed = async (self: unknown, context: unknown, afterEach: object): Promise<boolean> =>
  [self, context].some((part) => isHooked(part) && failedIn(part)) || hasFailedInJest(await globalOf(afterEach));

/** The global object of the world that a function is from: jest gives each test file one of its own. */
const globalOf = async (known: object): Promise<object> => {
  try {
    return await known.constructor('return globalThis')(); // a promise, if the function is asynchronous
  } catch {
    return globalThis; // code may not be made of text
  }
};

const isHooked = (part: unknown): part is Hooked => typeof part === 'object' && part !== null;

const failedIn = ({ currentTest, passed, error, task }: Hooked): boolean =>
  currentTest?.state === 'failed' ||
  passed === false ||
  (error !== undefined && error !== null) ||
  task?.result?.state === 'fail';

/** Hooks of jest get nothing; its runner keeps the running test under a symbol of this name (jest-circus/src/state.ts), in its sandbox. */
const hasFailedInJest = (global: object): boolean => {
  const symbol = Object.getOwnPropertySymbols(global).find(({ description }) => description === 'JEST_STATE_SYMBOL');
  const state: unknown = symbol === undefined ? undefined : Reflect.get(global, symbol);
  if (typeof state !== 'object' || state === null || !('currentlyRunningTest' in state)) return false;
  const test: unknown = state.currentlyRunningTest;
  return (
    typeof test === 'object' &&
    test !== null &&
    'errors' in test &&
    Array.isArray(test.errors) &&
    test.errors.length > 0
  );
};
