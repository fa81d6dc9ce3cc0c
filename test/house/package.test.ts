import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { freshFolder, sharedCa } from '../support/command.ts';
import { installPacked } from '../support/packed.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FREE = ['--ports', 'random', '--ca-dir', sharedCa];

/** A folder with the packed package in its node_modules, as npm would have put it there. */
const consumer = freshFolder();
let installed: string;
let bin: string;
beforeAll(() => {
  installed = installPacked(consumer);
  bin = join(installed, 'dist/cli/iothub-emulator.cjs');
}, 120_000);

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const runNode = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: 'utf8' });
  return { status, stdout, stderr };
};

test('an ES module imports the emulator and the clients', () => {
  writeFileSync(
    join(consumer, 'program.mjs'),
    `import { startEmulator } from 'iothub-emulator';
     import * as device from 'iothub-emulator/device';
     import * as service from 'iothub-emulator/service';
     const emulator = await startEmulator({ caDir: process.argv[2], devices: ['d1'], trust: 'process' });
     const { status } = await fetch(emulator.adminUrl + '/health');
     await emulator.close();
     console.log(status, typeof device.Client, typeof service.Registry);`,
  );
  expect(runNode('program.mjs', sharedCa)).toEqual({ status: 0, stdout: '200 function function\n', stderr: '' });
});

test('the clients load neither the emulator nor a schema library, nor anything of Microsoft', () => {
  const folder = freshFolder();
  writeFileSync(
    join(consumer, 'clients.mjs'),
    `import { Client } from 'iothub-emulator/device';
     import { Registry } from 'iothub-emulator/service';
     import { ConnectionString } from 'iothub-emulator/common';
     console.log(typeof Client, typeof Registry, typeof ConnectionString);`,
  );
  // what V8 saw is what was loaded
  const { stdout } = spawnSync(process.execPath, ['clients.mjs'], {
    cwd: consumer,
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  });
  expect(stdout).toBe('function function function\n');
  const [report = ''] = readdirSync(folder);
  const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(join(folder, report), 'utf8'));
  const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  expect(loaded.filter((url) => url.includes('/mqtt/'))).not.toEqual([]);
  expect(loaded.filter((url) => /\/dist\/emulator\/|\/zod\/|\/node_modules\/@?azure/.test(url))).toEqual([]);
});

test('a CommonJS program requires it', () => {
  const script = `const { startEmulator } = require('iothub-emulator');
    startEmulator({ caDir: process.argv[1] }).then((emulator) => { console.log('up'); return emulator.close(); });`;
  expect(runNode('-e', script, sharedCa)).toMatchObject({ status: 0, stdout: 'up\n' });
});

test('a program that imports and requires gets one and the same', () => {
  const script = `import { createRequire } from 'node:module';
    import { VirtualClock } from 'iothub-emulator';
    const require = createRequire(process.cwd() + '/');
    const paths = ['device', 'service', 'testing'].map((name) => Object.keys(require('iothub-emulator/' + name)).length > 0);
    console.log(require('iothub-emulator').VirtualClock === VirtualClock, ...paths);`;
  expect(runNode('--input-type=module', '-e', script)).toMatchObject({ stdout: 'true true true true\n' });
});

test('the command runs from the package', () => {
  expect(runNode(bin, '--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  const script = "fetch('https://localhost/devices?api-version=2021-04-12').then(({ status }) => console.log(status))";
  expect(runNode(bin, 'exec', ...FREE, '--auth', 'off', '--', process.execPath, '-e', script)).toMatchObject({
    status: 0,
    stdout: '200\n',
  });
});

test('a second start finds compiled code beside the bundle', () => {
  expect(readdirSync(dirname(bin)).filter((name) => name.endsWith('.v8'))).toHaveLength(1);
});

test('the package brings alasql along, so that nobody gets 625 packages with it', () => {
  const bundled = readdirSync(join(installed, 'node_modules'));
  expect(bundled).toContain('alasql');
  // the package that an override puts in its place
  const stub = JSON.parse(readFileSync(join(installed, 'node_modules/react-native-fs/package.json'), 'utf8'));
  expect(stub.name).toBe('empty-npm-package');
  expect(bundled.length).toBeLessThan(30);
});

test('it holds no sources, no tests and no path of this machine', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('node_modules/'));
  expect(files.filter((file) => /(^|\/)(test|scenarios|bench)\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  const texts = files
    .filter((file) => /\.(c?js|json|ts)$/.test(file))
    .map((file) => readFileSync(join(installed, file), 'latin1'));
  expect(texts.filter((text) => text.includes(ROOT))).toEqual([]);
});

test('what it needs at run time is little, and nothing of Microsoft', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const needed = Object.entries<{ dev?: boolean; devOptional?: boolean }>(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(needed.length).toBeLessThan(150);
  expect(needed.filter((name) => name.startsWith('azure-') || name.startsWith('@azure/'))).toEqual([]);
  expect(Object.keys(packages).length).toBeLessThan(600);
});
