import { existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryBeside } from '../../files.ts';
import { EXIT, Failure, type ProcessContext } from '../context.ts';
import { javaHome, javaOptions, javaStoreOf, othersIn, STORE_PASSWORD } from '../java.ts';
import { exportLine, unsetLine } from '../shell-quoting.ts';
import type { Authority } from './authority.ts';
import { run } from './command-store.ts';
import type { Store } from './store.ts';

/** A copy of the JVM's own trust store that has the CA too; JAVA_TOOL_OPTIONS makes JVMs use it. */
export const javaStore = (context: ProcessContext): Store => {
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
      await createStore((await find()) ?? '', authority, context);
      return { text: `${had ? 'created again' : 'created'}: ${store}`, line: this.line(authority) };
    },
    async untrust({ folder }) {
      const created = readdirSync(folder).filter((name) => /^cacerts-[0-9a-f]{8}$/.test(name));
      for (const name of created) await rm(join(folder, name));
      const text = created.length === 0 ? 'not trusted, nothing to undo' : `removed: ${created.join(', ')}`;
      return { text, line: undoLine(inherited) };
    },
  };
};

/** The trust stores of a JVM, in the order in which it looks for them; Java 8 has a JRE of its own. */
const OWN_STORES = ['lib/security/jssecacerts', 'lib/security/cacerts', 'jre/lib/security/cacerts'];

const createStore = async (home: string, authority: Authority, context: ProcessContext): Promise<void> => {
  const own = OWN_STORES.map((name) => join(home, name)).find((file) => existsSync(file));
  if (own === undefined) throw new Failure(EXIT.failed, `java: there is no trust store in ${home}`);
  const store = javaStoreOf(authority);
  const temporary = temporaryBeside(store);
  try {
    await copyFile(own, temporary);
    await chmod(temporary, 0o644); // the original may be read-only
    const what = ['-alias', authority.nick, '-file', authority.file];
    const where = ['-keystore', temporary, '-storepass', STORE_PASSWORD];
    await run([join(home, 'bin', 'keytool'), '-importcert', '-noprompt', '-trustcacerts', ...what, ...where], context);
    await rename(temporary, store);
  } finally {
    await rm(temporary, { force: true });
  }
};

/** Undefined if the caller's shell does not have the options. */
const undoLine = (inherited: string | undefined): string | undefined => {
  const others = othersIn(inherited).join(' ');
  if (inherited === undefined || others === inherited) return undefined;
  return others === '' ? unsetLine('JAVA_TOOL_OPTIONS') : exportLine({ JAVA_TOOL_OPTIONS: others });
};
