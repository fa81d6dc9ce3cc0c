import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, ask } from './ask.ts';
import type { Surroundings } from './context.ts';
import type { Authority } from './trust/authority.ts';

/** Asks the `java` on the PATH, else that of JAVA_HOME. */
export const askJava = async (
  args: readonly string[],
  context: Surroundings,
): Promise<Answer | 'absent' | 'silent'> => {
  const answer = await ask('java', args, context);
  const home = context.environment.JAVA_HOME;
  if (!isAbsent(answer) || home === undefined || home === '') return isAbsent(answer) ? 'absent' : answer;
  return ask(join(home, 'bin', 'java'), args, context);
};

/** The home of that JVM; undefined if there is none. */
export const javaHome = async (context: Surroundings): Promise<string | undefined> => {
  const answer = await askJava(['-XshowSettings:properties', '-version'], context);
  return typeof answer === 'string' ? undefined : /^\s*java\.home = (.+?)\s*$/m.exec(answer.err)?.[1];
};

/** The copy of a JVM's trust store that has the CA as well; there if `trust` has made it. */
export const javaStoreOf = ({ folder, nick }: Authority): string => join(folder, nick.replace(/^.*-/, 'cacerts-'));

export const hasJavaStore = (authority: Authority): boolean => existsSync(javaStoreOf(authority));

/** The options of all JVMs that are started from here, with the trust store in place of an earlier one of ours. */
export const javaOptions = (store: string, inherited: string | undefined): string =>
  [...othersIn(inherited), property('trustStore', store), property('trustStorePassword', STORE_PASSWORD)].join(' ');

/** What was set before. */
export const othersIn = (options = ''): string[] =>
  (options.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? []).filter(
    (option) =>
      !/trustStore=.*cacerts-[0-9a-f]{8}/.test(option) && option !== property('trustStorePassword', STORE_PASSWORD),
  );

/** That of every JVM's own store, no secret. */
export const STORE_PASSWORD = 'changeit';

/** The JVM takes off quotes, and splits at blanks that stand outside. */
const property = (name: string, value: string): string => {
  const option = `-Djavax.net.ssl.${name}=${value}`;
  return /\s/.test(option) ? `"${option}"` : option;
};

/** macOS has a `java` that only says where to get one. */
const isAbsent = (answer: Answer | 'absent' | 'silent'): boolean =>
  answer === 'absent' || (typeof answer === 'object' && answer.err.includes('Unable to locate a Java Runtime'));
