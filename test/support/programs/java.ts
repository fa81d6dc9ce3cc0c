import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installedSet } from '../packages/sets.ts';
import type { SetName } from '../packages/table.ts';
import { freshFolder } from './command.ts';

const run = promisify(execFile);

/**
 * The command that runs one source file with Microsoft's packages for Java, trusting what `trustStore` holds. Throws if
 * `npm run foreign:prepare` has not fetched them.
 */
export const javaProgram = (file: string, trustStore: string, set: SetName<'maven'> = 'microsoft'): string[] => [
  'java',
  `-Djavax.net.ssl.trustStore=${trustStore}`,
  // few threads and a fast start: these programs run for seconds
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-cp',
  join(installedSet('maven', set), '*'),
  file,
];

/** A trust store for the JVM with `caFile` only; in the old format, which can be read without a password. */
export const makeTrustStore = async (caFile: string): Promise<string> => {
  const store = join(freshFolder(), 'trust.jks');
  const options = ['-importcert', '-noprompt', '-trustcacerts', '-alias', 'hub', '-storepass', 'changeit'];
  await run('keytool', [...options, '-storetype', 'JKS', '-keystore', store, '-file', caFile]);
  return store;
};
