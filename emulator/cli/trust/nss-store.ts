import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ProcessContext } from '../context.ts';
import { runProgram } from '../run-program.ts';
import { commandStore } from './command-store.ts';
import type { Store } from './store.ts';

/** The databases of Chromium on Linux; the second is that of its snap. */
const FOLDERS = ['.pki/nssdb', 'snap/chromium/current/.pki/nssdb'];

/** The certificate database of Chromium and related browsers on Linux. */
export const nssStore = (context: ProcessContext): Store => {
  const found = FOLDERS.map((name) => join(homedir(), name)).find((folder) => existsSync(join(folder, 'cert9.db')));
  const database = ['-d', `sql:${found ?? join(homedir(), '.pki/nssdb')}`];
  return commandStore(
    {
      name: 'nss',
      readers: 'Chromium and related browsers on Linux',
      async absence() {
        if (process.platform !== 'linux') return 'browsers use the store of the system here';
        if (found === undefined) return 'Chromium has no certificate database here';
        const answer = await runProgram('certutil', ['-H'], context);
        return answer === 'absent' ? 'certutil is not installed (Debian: libnss3-tools, Fedora: nss-tools)' : undefined;
      },
      find: ({ nick }) => ['certutil', '-L', ...database, '-n', nick],
      add: ({ nick, file }) => ['certutil', '-A', ...database, '-t', 'C,,', '-n', nick, '-i', file],
      remove: ({ nick }) => [['certutil', '-D', ...database, '-n', nick]],
    },
    context,
  );
};
