import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessContext } from './context.ts';
import { type Outcome, runProgram } from './run-program.ts';
import type { Authority } from './trust/authority.ts';

/** Runs the `java` on the PATH, or else that of JAVA_HOME. */
export const runJava = async (
  args: readonly string[],
  context: ProcessContext,
): Promise<Outcome | 'absent' | 'silent'> => {
  const outcome = await runProgram('java', args, context);
  const home = context.environment.JAVA_HOME;
  if (!isAbsent(outcome) || home === undefined || home === '') return isAbsent(outcome) ? 'absent' : outcome;
  return runProgram(join(home, 'bin', 'java'), args, context);
};

/** The home of that JVM; undefined if there is none. */
export const javaHome = async (context: ProcessContext): Promise<string | undefined> => {
  const outcome = await runJava(['-XshowSettings:properties', '-version'], context);
  return typeof outcome === 'string' ? undefined : /^\s*java\.home = (.+?)\s*$/m.exec(outcome.err)?.[1];
};

/** The file of a copy of a JVM's trust store that has the CA too; `trust` creates it. */
export const javaStoreOf = ({ folder, nick }: Authority): string => join(folder, nick.replace(/^.*-/, 'cacerts-'));

export const hasJavaStore = (authority: Authority): boolean => existsSync(javaStoreOf(authority));

/** Options for JVMs: the inherited ones, with the trust store in place of an earlier one of ours. */
export const javaOptions = (store: string, inherited: string | undefined): string =>
  [...othersIn(inherited), property('trustStore', store), property('trustStorePassword', STORE_PASSWORD)].join(' ');

/** Options without those of `javaOptions`. */
export const othersIn = (options = ''): string[] =>
  (options.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? []).filter(
    (option) =>
      !/trustStore=.*cacerts-[0-9a-f]{8}/.test(option) && option !== property('trustStorePassword', STORE_PASSWORD),
  );

/** The password of every JVM's own store; it is not a secret. */
export const STORE_PASSWORD = 'changeit';

/** The JVM removes quotes, and splits at blanks outside of them. */
const property = (name: string, value: string): string => {
  const option = `-Djavax.net.ssl.${name}=${value}`;
  return /\s/.test(option) ? `"${option}"` : option;
};

/** macOS has a `java` that only says where to get one. */
const isAbsent = (outcome: Outcome | 'absent' | 'silent'): boolean =>
  outcome === 'absent' || (typeof outcome === 'object' && outcome.err.includes('Unable to locate a Java Runtime'));
