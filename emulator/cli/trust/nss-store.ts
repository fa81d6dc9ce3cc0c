import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../ask.ts';
import type { Surroundings } from '../context.ts';
import { commandStore } from './command-store.ts';
import type { Store } from './store.ts';

/** Where Chromium looks on Linux; the second is that of its snap. */
const FOLDERS = ['.pki/nssdb', 'snap/chromium/current/.pki/nssdb'];

/** The certificate database of Chromium and its kin on Linux. */
export const nssStore = (context: Surroundings): Store => {
  const found = FOLDERS.map((name) => join(homedir(), name)).find((folder) => existsSync(join(folder, 'cert9.db')));
  const database = ['-d', `sql:${found ?? join(homedir(), '.pki/nssdb')}`];
  return commandStore(
    {
      name: 'nss',
      readers: 'Chromium and its kin on Linux',
      async absence() {
        if (process.platform !== 'linux') return 'browsers ask the store of the system here';
        if (found === undefined) return 'Chromium has made no certificate database here';
        const answer = await ask('certutil', ['-H'], context);
        return answer === 'absent' ? 'certutil is not installed (Debian: libnss3-tools, Fedora: nss-tools)' : undefined;
      },
      look: ({ nick }) => ['certutil', '-L', ...database, '-n', nick],
      add: ({ nick, file }) => ['certutil', '-A', ...database, '-t', 'C,,', '-n', nick, '-i', file],
      remove: ({ nick }) => [['certutil', '-D', ...database, '-n', nick]],
    },
    context,
  );
};
