import { existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, Failure, type Surroundings } from '../context.ts';
import { javaHome, javaOptions, javaStoreOf, othersIn, STORE_PASSWORD } from '../java.ts';
import { exportLine, unsetLine } from '../shell.ts';
import type { Authority } from './authority.ts';
import { run } from './command-store.ts';
import type { Store } from './store.ts';

/** A copy of the JVM's own trust store that has the CA as well; the JVM is told by JAVA_TOOL_OPTIONS. */
export const javaStore = (context: Surroundings): Store => {
  const inherited = context.environment.JAVA_TOOL_OPTIONS;
  let home: Promise<string | undefined> | undefined;
  const find = (): Promise<string | undefined> => {
    home ??= javaHome(context);
    return home;
  };
  return {
    name: 'java',
    readers: 'Java, Kotlin, Scala',
    async absence() {
      return (await find()) === undefined ? 'Java is not installed' : undefined;
    },
    line: (authority) => exportLine({ JAVA_TOOL_OPTIONS: javaOptions(javaStoreOf(authority), inherited) }),
    async trust(authority) {
      const store = javaStoreOf(authority);
      const had = existsSync(store);
      await makeStore((await find()) ?? '', authority, context);
      return { words: `${had ? 'made anew' : 'made'}: ${store}`, line: this.line(authority) };
    },
    async untrust({ folder }) {
      const made = readdirSync(folder).filter((name) => /^cacerts-[0-9a-f]{8}$/.test(name));
      for (const name of made) await rm(join(folder, name));
      const words = made.length === 0 ? 'not trusted, nothing to undo' : `removed: ${made.join(', ')}`;
      return { words, line: undoing(inherited) };
    },
  };
};

/** What a JVM trusts by, the first that is there; Java 8 keeps a JRE of its own. */
const OWN_STORES = ['lib/security/jssecacerts', 'lib/security/cacerts', 'jre/lib/security/cacerts'];

const makeStore = async (home: string, authority: Authority, context: Surroundings): Promise<void> => {
  const own = OWN_STORES.map((name) => join(home, name)).find((file) => existsSync(file));
  if (own === undefined) throw new Failure(EXIT.failed, `java: there is no trust store in ${home}`);
  const store = javaStoreOf(authority);
  const fresh = `${store}.${process.pid}.new`;
  try {
    await copyFile(own, fresh);
    await chmod(fresh, 0o644); // what it was copied from may be for reading only
    const what = ['-alias', authority.nick, '-file', authority.file];
    const where = ['-keystore', fresh, '-storepass', STORE_PASSWORD];
    await run([join(home, 'bin', 'keytool'), '-importcert', '-noprompt', '-trustcacerts', ...what, ...where], context);
    await rename(fresh, store);
  } finally {
    await rm(fresh, { force: true });
  }
};

/** Undefined if the caller's shell has never heard of the store. */
const undoing = (inherited: string | undefined): string | undefined => {
  const others = othersIn(inherited).join(' ');
  if (inherited === undefined || others === inherited) return undefined;
  return others === '' ? unsetLine('JAVA_TOOL_OPTIONS') : exportLine({ JAVA_TOOL_OPTIONS: others });
};
