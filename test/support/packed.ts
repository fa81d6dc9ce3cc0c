import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Builds, packs and puts the package into the node_modules of `consumer`, as npm would have done; gives its folder. */
export const installPacked = (consumer: string, others: readonly string[] = []): string => {
  const installed = join(consumer, 'node_modules/iothub-emulator');
  execFileSync(process.execPath, ['build.mjs'], { cwd: ROOT });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', consumer], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', join(consumer, packed.trim()), '-C', installed, '--strip-components', '1']);
  if (!existsSync(join(consumer, 'package.json')))
    writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }');
  // what npm would fetch is in this checkout already
  for (const name of [...dependencies(), ...others]) {
    const target = join(consumer, 'node_modules', name);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), target, 'junction');
  }
  return installed;
};

const dependencies = (): string[] =>
  Object.keys(manifest.dependencies).filter((name) => !manifest.bundleDependencies.includes(name));
