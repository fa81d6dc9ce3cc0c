import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configSchema } from '../../emulator/options.ts';
import { run } from '../support/programs/command.ts';
import { findAvoided, QUOTED } from './plain-english.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('the published schema of the configuration file is fresh', () => {
  // made by `npm run build`
  expect(JSON.parse(read('docs/config.schema.json'))).toEqual(configSchema());
});

test.each(['README.md', 'CONTRIBUTING.md'])('the npm scripts in %s exist', (file) => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = [...read(file).matchAll(/npm (?:run (?:-s )?)?([a-z:]+)/g)].map(([, name = '']) => name);
  const npmsOwn = ['ci', 'install', 'run', 'ls', 'pack', 'link', 'i', 'init', 'publish'];
  expect(named.filter((name) => !npmsOwn.includes(name) && !Object.hasOwn(scripts, name))).toEqual([]);
});

test('npx runs the sources of this checkout, once npm ci has prepared it', ({ skip }) => {
  skip(process.platform === 'win32', 'a link needs rights there');
  const npm = (...args: string[]): string => execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
  npm('run', '-s', 'prepare');
  expect(npm('exec', '--', 'iothub-emulator', '--version')).toBe(`${JSON.parse(read('package.json')).version}\n`);
});

test('the commands in README.md exist, with their flags', async () => {
  const lines = [...read('README.md').matchAll(/(?:npx |`|-s )(?:iothub-emulator|emulator --) ([a-z][^`\n#]*)/g)];
  expect(lines.length).toBeGreaterThan(3);
  for (const [, line = ''] of lines) {
    const words = (line.split(' -- ')[0] ?? '').trim().split(/\s+/);
    const command = words.slice(0, words[0] === 'device' ? 2 : 1);
    const { code, stdout } = await run([...command, '--help']);
    expect([line, code]).toEqual([line, 0]);
    for (const flag of words.filter((word) => /^--[a-z]/.test(word)))
      expect([line, stdout]).toEqual([line, expect.stringContaining(flag)]);
  }
});

test('the strings in docker-compose.yml are those of the hub that it starts', async () => {
  const compose = read('docker-compose.yml');
  const service = await run(['connection-string']);
  const script = 'console.log(process.env.IOTHUB_DEVICE_CONNECTION_STRING)';
  const device = await run([
    'exec',
    '--ports',
    'random',
    '--device',
    'myDeviceId',
    '--',
    process.execPath,
    '-e',
    script,
  ]);
  for (const { stdout } of [service, device])
    expect(compose).toContain(stdout.trim().replace('HostName=localhost;', 'HostName=emulator;'));
});

const LIST = 'test/house/plain-english.ts';

test('no text avoids plain English: the phrases of the list occur nowhere', () => {
  const files = execFileSync('git', ['ls-files', '--', ':!*.json', ':!LICENSE', ':!*.svg', `:!${LIST}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const found = files
    .trim()
    .split('\n')
    .filter((file) => existsSync(join(ROOT, file)))
    .flatMap((file) => {
      const quoted = QUOTED.filter((quote) => quote.file === file).map(({ text }) => text);
      return findAvoided(read(file), quoted).map((place) => `${file}:${place}`);
    });
  expect(found).toEqual([]);
});

test('the list finds a phrase, with its line and a replacement', () => {
  expect(findAvoided("// fine\n// Throws if 'x' is no id.")).toEqual(['2: "is no " (write: is not a …)']);
  expect(findAvoided('There is no such device, and it is no longer needed.')).toEqual([]);
});

test('each quotation that may contain a phrase is still there', () => {
  for (const { file, text } of QUOTED)
    expect([file, findAvoided(read(file)).length > 0, read(file)]).toEqual([file, true, expect.stringContaining(text)]);
});
