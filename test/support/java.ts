import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freshFolder } from './command.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'java');

let fetched: Promise<string> | undefined;

/** Class path of Microsoft's packages for Java, fetched by Maven once. Rejects if a tool is missing: never a reason to skip. */
export const javaClasses = (): Promise<string> => {
  fetched ??= fetchJars(join(ROOT, 'test', 'foreign', 'java', 'pom.xml'));
  return fetched;
};

/** The command that runs one source file, trusting what `trustStore` holds. */
export const javaProgram = async (file: string, trustStore: string): Promise<string[]> => [
  'java',
  `-Djavax.net.ssl.trustStore=${trustStore}`,
  // the fewest threads and the fastest start: these programs live for seconds
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-cp',
  await javaClasses(),
  file,
];

/** A JVM trust store that holds nothing but `caFile`; of the old kind, whose certificates are readable without a password. */
export const makeTrustStore = async (caFile: string): Promise<string> => {
  const store = join(freshFolder(), 'trust.jks');
  const options = ['-importcert', '-noprompt', '-trustcacerts', '-alias', 'hub', '-storepass', 'changeit'];
  await run('keytool', [...options, '-storetype', 'JKS', '-keystore', store, '-file', caFile]);
  return store;
};

const fetchJars = async (pom: string): Promise<string> => {
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 16);
  const folder = join(CACHE, hash);
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    await mkdir(CACHE, { recursive: true });
    await rm(fresh, { recursive: true, force: true });
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`]);
    await rename(fresh, folder);
  }
  return join(folder, '*');
};
