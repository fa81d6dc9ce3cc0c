import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const shared = { resolve: { conditions: ['source', 'node'] }, ssr: { resolve: { conditions: ['source', 'node'] } } };
const project = (name: string, include: string[], extra: object = {}) => ({
  ...shared,
  test: {
    name,
    include,
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    ...extra,
  },
});

// One process for many test files, which imports the code once: for tests that leave nothing behind.
const together = { isolate: false, restoreMocks: true, unstubGlobals: true };

// `npm run docs` records the answers of each test file.
const setupFiles = ['test/support/wire/answer-log.ts'];
const recorded = process.env.IOTHUB_ANSWERS === undefined ? {} : { setupFiles, isolate: true };

// one file at a time: most have a hub on the default ports
const onePerPort = {
  testTimeout: 300_000,
  hookTimeout: 120_000,
  fileParallelism: false,
  maxConcurrency: availableParallelism(), // of the tests of a file that allow it
};
// no ports of localhost: they run beside the others, which mostly wait for SDKs
const apart = [
  'test/foreign/{azurite,java,runners,types}/*.test.ts',
  'test/foreign/event-hubs/java.test.ts',
  'test/foreign/node/{amqp,nothing-lost,transports}.test.ts',
];

const inBrowser = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  ...shared,
  test: {
    // one more than vitest's own on two processors: many tests wait for programs that they have started
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project(
        'unit',
        ['test/{amqp,auth,clients,endpoints,hub,kernel,protocol,seeds}/**/*.test.ts', 'emulator/explorer/**/*.test.ts'],
        together,
      ),
      project('page', ['test/page/*.test.ts'], inBrowser),
      // measures, for which nothing else may run on the machine
      project('page-load', ['test/page/load/*.test.ts'], { ...inBrowser, fileParallelism: false }),
      project('laws', ['test/laws/**/*.test.ts']),
      // without the laws that start servers or replace modules
      project('laws-quick', ['test/laws/!(protocols|stories).test.ts'], { ...together, env: { LAWS: 'quick' } }),
      project('wire', ['test/wire/**/*.test.ts'], { ...together, ...recorded }),
      project('stories', ['test/stories.test.ts', 'test/testing/**/*.test.ts', 'test/compat/**/*.test.ts'], recorded),
      project('house', ['test/house/**/*.test.ts', 'test/cli/**/*.test.ts'], { testTimeout: 120_000 }),
      project('container', ['test/container/**/*.test.ts'], { fileParallelism: false }),
      project('foreign', ['test/foreign/**/*.test.ts'], { ...onePerPort, exclude: apart }),
      project('foreign-apart', apart, onePerPort),
    ],
  },
});
