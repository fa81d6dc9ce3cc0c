#!/usr/bin/env node
// Runs the sources of this checkout: as one bundle, which is kept as long as no source changes. It runs before any build, so it
// cannot import TypeScript and replaces files by itself.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/iothub-emulator');
const SOURCES = ['build', 'package.json', 'package-lock.json', 'protocol', 'emulator'];

// npm changes to the folder of the package, but relative paths start in the folder from which npm was called
const called = process.env.npm_package_name === 'iothub-emulator' ? process.env.INIT_CWD : undefined;
if (called !== undefined) process.chdir(called);

const [first, second, ...rest] = process.argv.slice(2);
if (first === '--script' && second !== undefined) runScript(join(ROOT, second), rest);
else await runBundle(process.argv.slice(2));

async function runBundle(args) {
  const { load } = createRequire(import.meta.url)('./bundle.cjs');
  const { exports: main, keep } = load(await freshBundle());
  main.launch(args, { warm: keep });
}

/** The name of the bundle contains a hash of its sources, so it cannot be stale. */
async function freshBundle() {
  const file = join(CACHE, `main-${hashOf(SOURCES)}.cjs`);
  if (existsSync(file)) return file;
  const { bundle, inPlace } = await import('../../build/bundle.mjs');
  mkdirSync(CACHE, { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  await bundle('emulator/cli/main.ts', temporary, { plugins: [inPlace], sourcemap: 'inline', sourcesContent: false });
  for (const old of readdirSync(CACHE)) {
    const age = Date.now() - statSync(join(CACHE, old)).mtimeMs;
    if (age > 60_000) rmSync(join(CACHE, old), { force: true });
  }
  renameSync(temporary, file);
  return file;
}

function hashOf(paths) {
  const hash = createHash('sha1').update(ROOT);
  for (const path of paths) {
    const stat = statSync(join(ROOT, path));
    const files = stat.isDirectory()
      ? readdirSync(join(ROOT, path), { recursive: true }).map((name) => join(path, name))
      : [path];
    for (const file of files.sort()) {
      const { mtimeMs, size } = statSync(join(ROOT, file));
      hash.update(`${file}\0${mtimeMs}\0${size}\0`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** A TypeScript program of this checkout, which imports the package by its name. */
function runScript(file, args) {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(process.execPath, ['--conditions=source', '--import', `file://${tsx}`, file, ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
