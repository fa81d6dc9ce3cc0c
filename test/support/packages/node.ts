// npm run test:node: runs those tests on the newest Node with long-term support that say most about another Node.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installedSet } from './sets.ts';
import { NODE_PACKAGE } from './table.ts';

const COMMANDS = ['exec', 'in-process', 'kill', 'preload', 'start'].map((name) => `test/cli/${name}.test.ts`);
const FILES = ['test/wire', 'test/house/package.test.ts', 'test/testing', ...COMMANDS];

// where programs of all users of this machine can run it, which some tests start
const folder = mkdtempSync(join(tmpdir(), 'iothub-emulator-node-'));
chmodSync(folder, 0o755);
const node = join(folder, 'node');
copyFileSync(join(installedSet('npm', 'node'), 'node_modules', NODE_PACKAGE, 'bin/node'), node);

const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
const projects = ['wire', 'house', 'stories'].flatMap((name) => ['--project', name]);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects, ...FILES];
const { status } = spawnSync(node, vitest, { stdio: 'inherit', env });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
