import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const REQUIREMENTS = join(ROOT, 'test', 'foreign', 'python', 'requirements.txt');
const PACKAGES = ['python-v1', 'python-testing'].map((name) => join(ROOT, 'clients', name));
const CACHE = join(ROOT, 'node_modules', '.cache', 'python');

let made: Promise<string> | undefined;

/**
 * An interpreter that has Microsoft's packages, our modules of v1 and our fixtures for pytest, installed by pip at the first
 * call and after changes.
 * Rejects if there is no Python: that is a failure, never a reason to skip.
 */
export const python = (): Promise<string> => {
  made ??= install();
  return made;
};

const install = async (): Promise<string> => {
  const base = process.env.PYTHON ?? 'python3';
  const { stdout: version } = await run(base, ['--version']);
  const folder = join(CACHE, hash([version, readFileSync(REQUIREMENTS, 'utf8')]));
  const interpreter = join(folder, 'bin', 'python');
  await once(join(folder, 'requirements-installed'), 'yes', async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(CACHE, { recursive: true });
    await run(base, ['-m', 'venv', folder]);
    await pip(interpreter, ['-r', REQUIREMENTS]);
  });
  await once(join(folder, 'packages-installed'), hash(PACKAGES.flatMap(contents)), () =>
    pip(interpreter, ['--force-reinstall', '--no-deps', ...PACKAGES]),
  );
  return interpreter;
};

const pip = async (interpreter: string, what: readonly string[]): Promise<void> => {
  await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...what]);
};

/** Does `work` unless `stamp` holds `text` already. */
const once = async (stamp: string, text: string, work: () => Promise<void>): Promise<void> => {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return;
  await work();
  writeFileSync(stamp, text);
};

const contents = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(py|toml|md)$/.test(name))
    .sort()
    .flatMap((name) => [name, readFileSync(join(folder, name), 'utf8')]);

const hash = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
