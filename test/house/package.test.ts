import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { freshFolder, sharedCa, withoutOurs } from '../support/programs/command.ts';
import { installPacked } from '../support/programs/packed.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FREE = ['--ports', 'random', '--ca-dir', sharedCa];

/** A folder with the packed package in its node_modules, as npm would install it. */
const consumer = freshFolder();
let installed: string;
let tarball: string;
let bin: string;
beforeAll(() => {
  ({ folder: installed, tarball } = installPacked(consumer));
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

test('an ES module makes a certificate authority of its own, and reads and writes YAML', () => {
  writeFileSync(join(consumer, 'seed.yaml'), 'devices:\n  - oven # by its id alone\n');
  writeFileSync(
    join(consumer, 'first.mjs'),
    `import { startEmulator } from 'iothub-emulator';
     const emulator = await startEmulator({ caDir: process.argv[2], ports: 'random', seed: 'seed.yaml', trust: 'process' });
     const answer = await fetch(emulator.adminUrl + '/seed?form=yaml');
     await emulator.close();
     console.log(/ id: oven$/m.test(await answer.text()));`,
  );
  expect(runNode('first.mjs', join(freshFolder(), 'ca'))).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
});

test('the clients load neither the emulator, nor a schema library, nor a package of Microsoft', () => {
  const folder = freshFolder();
  writeFileSync(
    join(consumer, 'clients.mjs'),
    `import { Client } from 'iothub-emulator/device';
     import { Registry } from 'iothub-emulator/service';
     import { ConnectionString } from 'iothub-emulator/common';
     console.log(typeof Client, typeof Registry, typeof ConnectionString);`,
  );
  // V8's coverage lists every loaded file
  const { stdout } = spawnSync(process.execPath, ['clients.mjs'], {
    cwd: consumer,
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  });
  expect(stdout).toBe('function function function\n');
  const [report = ''] = readdirSync(folder);
  const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(join(folder, report), 'utf8'));
  const texts = result
    .filter(({ url }) => url.includes('/iothub-emulator/'))
    .map(({ url }) => readFileSync(fileURLToPath(url), 'latin1'))
    .join('');
  expect(texts).toContain('MqttClient');
  // names that minifying leaves alone: of zod, of fastify, and of the emulator's own
  expect(texts.match(/ZodError|FST_ERR|IOTHUB_EMULATOR_/g)).toBeNull();
});

test('a CommonJS program can require it', () => {
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

test('a second start finds compiled code next to the bundle', () => {
  const compiled = readdirSync(dirname(bin)).filter((name) => name.endsWith('.v8'));
  expect(compiled.filter((name) => name.startsWith('main.'))).toHaveLength(1);
});

test('npm installs it alone, without a warning', () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // offline: there is nothing to fetch
  const { stdout, stderr } = spawnSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], {
    cwd: folder,
    env: withoutOurs(process.env), // npm's own settings, where npm runs this test
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect([stdout.trim(), stderr]).toEqual([expect.stringMatching(/^added 1 package in /), '']);
  expect(readdirSync(join(folder, 'node_modules/.bin'))).toContain('iothub-emulator');
});

test('the command serves the page, each file of which is in the package', () => {
  const script = `const page = process.env.IOTHUB_EMULATOR_ADMIN_URL + '/';
    const text = async (path) => (await fetch(new URL(path, page))).text();
    text('').then(async (html) => {
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
      const sizes = await Promise.all(files.map(async (file) => (await text(file)).length));
      console.log(html.includes('<div id="page">'), files.length > 2, sizes.every((size) => size > 100));
    });`;
  expect(runNode(bin, 'exec', ...FREE, '--', process.execPath, '-e', script)).toMatchObject({
    status: 0,
    stdout: 'true true true\n',
  });
});

test('it is small, and its command may be run', () => {
  expect(statSync(tarball).size).toBeLessThan(3_000_000);
  expect(statSync(bin).mode & 0o111).toBe(0o111);
});

test('its manifest has no scripts, no dependencies and no file that is not in the package', () => {
  const packed = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(Object.keys(packed).filter((name) => /scripts|ependencies$|overrides|private/.test(name))).toEqual([
    'peerDependencies',
  ]);
  expect(packed.peerDependenciesMeta).toEqual({
    '@types/node': { optional: true },
    'classic-level': { optional: true },
  });
  const targets = [...JSON.stringify(packed).matchAll(/"(\.\/[^"]+\.[a-z]+)"/g)].map(([, file = '']) => file);
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.filter((file) => !existsSync(join(installed, file)))).toEqual([]);
});

test('its texts link to files of the package, or to files of the repository', () => {
  const texts = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  expect(texts).toEqual(
    expect.arrayContaining(['README.md', 'CHANGELOG.md', 'SECURITY.md', join('docs', 'testing.md')]),
  );
  const home = manifest.homepage.replace('#readme', '');
  const missing = texts.flatMap((name) =>
    [...readFileSync(join(installed, name), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .map((target) => target.replace(/^(.*)\/(?:blob|raw)\/HEAD\//, (found, at) => (at === home ? ROOT : found)))
      .filter((target) => !target.startsWith('https:') && !existsSync(resolve(installed, dirname(name), target))),
  );
  expect(missing).toEqual([]);
});

test('it has the licence of each package that is built in', () => {
  const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8');
  const some = [
    'aedes',
    'alasql',
    'fastify',
    'mqtt',
    'undici',
    'ws',
    'yaml',
    'zod',
    '@peculiar/x509',
    'tslib',
    'preact',
  ];
  for (const name of some) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
  expect(notices).not.toMatch(/^(esbuild|rollup|vite|azure-iot\S*|typescript) /m);
  expect(notices.match(/^-{80}$/gm)?.length).toBe(notices.match(/^\S+ \d+\.\S+ \(.+\)$/gm)?.length);
});

test('it contains no sources, no tests and no path of this machine', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('node_modules/'));
  expect(files.filter((file) => /(^|\/)(test|scenarios|bench)\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  const texts = files
    .filter((file) => /\.(c?js|json|ts)$/.test(file))
    .map((file) => readFileSync(join(installed, file), 'latin1'));
  expect(texts.filter((text) => text.includes(ROOT))).toEqual([]);
});

test('the address of the repository is in package.json alone, so that one file changes it', () => {
  const address = new URL(manifest.homepage).pathname;
  const { stdout } = spawnSync('git', ['grep', '--name-only', `github.com${address}`], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toBe('package.json\n');
});

test('nothing of Microsoft is built in', () => {
  const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8');
  expect(notices.match(/^(@azure|azure-)\S* /gm)).toBeNull();
});
