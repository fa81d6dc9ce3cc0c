import { defineConfig } from 'vitest/config';

const shared = { resolve: { conditions: ['source', 'node'] }, ssr: { resolve: { conditions: ['source', 'node'] } } };
const project = (name: string, include: string[], extra: object = {}) => ({
  ...shared,
  test: { name, include, environment: 'node', testTimeout: 30_000, hookTimeout: 30_000, ...extra },
});

// `npm run docs`
const talking = process.env.IOTHUB_ANSWERS === undefined ? {} : { setupFiles: ['test/support/answer-log.ts'] };

export default defineConfig({
  ...shared,
  test: {
    projects: [
      project('unit', ['test/{hub,protocol,auth,vectors,laws,clients}/**/*.test.ts']),
      project('wire', ['test/wire/**/*.test.ts'], talking),
      project('stories', ['test/stories.test.ts', 'test/testing/**/*.test.ts', 'test/compat/**/*.test.ts'], talking),
      project('house', ['test/house/**/*.test.ts', 'test/cli/**/*.test.ts'], { testTimeout: 120_000 }),
      project('foreign', ['test/foreign/**/*.test.ts'], { testTimeout: 300_000, fileParallelism: false }),
    ],
  },
});
