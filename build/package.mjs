import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ROOT } from './bundle.mjs';

/** What users of the package need of package.json: no scripts that npm would run, and nothing for work on the package. */
const KEPT = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'author',
  'homepage',
  'repository',
  'bugs',
  'type',
  'sideEffects',
  'engines',
  'bin',
  'main',
  'types',
  'typesVersions',
  'exports',
  'peerDependencies',
  'peerDependenciesMeta',
];

const TEXTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'];

/** Packs what was built into `dist`, for `npm install FILE` and `npm publish FILE`; gives the file, which lies in `folder`. */
export const pack = (dist, folder) => {
  const stage = mkdtempSync(join(tmpdir(), 'iothub-emulator-pack-'));
  try {
    fill(stage, dist);
    const output = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(folder), stage], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    return join(resolve(folder), output.trim());
  } finally {
    rmSync(stage, { recursive: true });
  }
};

const fill = (stage, dist) => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // what V8 compiled is for this machine
  cpSync(dist, join(stage, 'dist'), { recursive: true, filter: (file) => !file.endsWith('.v8') });
  for (const text of TEXTS) cpSync(join(ROOT, text), join(stage, text));
  renameSync(join(stage, 'dist/THIRD-PARTY-NOTICES'), join(stage, 'THIRD-PARTY-NOTICES'));
  for (const { name } of readdirSync(join(ROOT, 'docs'), { withFileTypes: true }).filter((entry) => entry.isFile()))
    cpSync(join(ROOT, 'docs', name), join(stage, 'docs', name));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
  const home = manifest.homepage.replace(/#.*/, '');
  const names = readdirSync(stage, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  for (const name of names) {
    const text = readFileSync(join(stage, name), 'utf8');
    writeFileSync(join(stage, name), linkedFromOutside(text, { stage, folder: dirname(name), home }));
  }
};

const published = (manifest) => {
  const exports = Object.entries(manifest.exports).map(([path, target]) => [path, withoutSource(target)]);
  const kept = KEPT.filter((name) => manifest[name] !== undefined).map((name) => [name, manifest[name]]);
  return { ...Object.fromEntries(kept), exports: Object.fromEntries(exports) };
};

/** The condition `source` names files of the checkout. */
const withoutSource = (target) => {
  if (typeof target === 'string') return target;
  const { source: _, ...targets } = target;
  return targets;
};

/** Links to files that are not in the package lead to the repository. */
const linkedFromOutside = (text, { stage, folder, home }) =>
  text.replace(/(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)#\s]+)(#[^)]*)?\)/g, (link, image, words, target, anchor = '') => {
    if (existsSync(join(stage, folder, target))) return link;
    const path = join(folder, target).replaceAll('\\', '/');
    return `${image}${words}(${home}/${image ? 'raw' : 'blob'}/HEAD/${path}${anchor})`;
  });
