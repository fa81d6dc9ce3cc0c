import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where a package was installed, and the file that it was installed from. */
export interface Installed {
  readonly folder: string;
  readonly tarball: string;
}

/**
 * Builds, packs and puts the package into the node_modules of `consumer`, as npm would, with `others` from this checkout. If
 * IOTHUB_PACKED names a packed package, it takes that one.
 */
export const installPacked = (consumer: string, others: readonly string[] = []): Installed => {
  const folder = join(consumer, 'node_modules/iothub-emulator');
  const tarball = process.env.IOTHUB_PACKED ?? pack(consumer);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', folder, '--strip-components', '1']);
  if (!existsSync(join(consumer, 'package.json')))
    writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }');
  // what the consumer would fetch is in this checkout already
  linkPackages(consumer, join(ROOT, 'node_modules'), others);
  return { folder, tarball };
};

/** Builds and packs the package; returns the file. */
const pack = (consumer: string): string => {
  // not into the checkout's own folder, which other tests may be building at the same time
  const build = ['build.mjs', '--out', join(consumer, 'dist'), '--pack', consumer];
  return execFileSync(process.execPath, build, { cwd: ROOT, encoding: 'utf8' }).trim();
};

/** Links packages of another node_modules into that of `consumer`, except those that it has. */
export const linkPackages = (consumer: string, from: string, names: readonly string[]): void => {
  for (const name of names) {
    const target = join(consumer, 'node_modules', name);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(from, name), target, 'junction');
  }
};
