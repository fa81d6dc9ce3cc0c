import { execFile } from 'node:child_process';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { installedSet } from '../packages/sets.ts';
import type { SetName } from '../packages/table.ts';
import { freshFolder } from './command.ts';

const run = promisify(execFile);

/**
 * The command that runs one source file with Microsoft's packages for Java, trusting what `trustStore` holds. Rejects if
 * `npm run foreign:prepare` has not fetched them.
 */
export const javaProgram = async (
  file: string,
  trustStore: string,
  set: SetName<'maven'> = 'microsoft',
): Promise<string[]> => {
  const packages = join(installedSet('maven', set), '*');
  const classes = compiled.get(file) ?? compile(file, packages);
  compiled.set(file, classes);
  return [
    'java',
    `-Djavax.net.ssl.trustStore=${trustStore}`,
    ...BRIEF,
    '-cp',
    [await classes, packages].join(delimiter),
    basename(file, '.java'),
  ];
};

/** The folder with the classes of each source file: `java FILE.java` would compile it at each run. */
const compiled = new Map<string, Promise<string>>();

/** Few threads and a fast start: these programs run for seconds. */
const BRIEF = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const compile = async (file: string, packages: string): Promise<string> => {
  const folder = freshFolder();
  await run('javac', [...BRIEF.map((option) => `-J${option}`), '-d', folder, '-cp', packages, file]);
  return folder;
};

/** A trust store for the JVM with `caFile` only; in the old format, which can be read without a password. */
export const makeTrustStore = async (caFile: string): Promise<string> => {
  const store = join(freshFolder(), 'trust.jks');
  const options = ['-importcert', '-noprompt', '-trustcacerts', '-alias', 'hub', '-storepass', 'changeit'];
  await run('keytool', [...options, '-storetype', 'JKS', '-keystore', store, '-file', caFile]);
  return store;
};
