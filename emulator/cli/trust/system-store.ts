import { existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, readText } from '../../certificates/folder.ts';
import { EXIT, Failure, type Surroundings } from '../context.ts';
import { commandLine } from '../shell.ts';
import { type Authority, holds } from './authority.ts';
import { commandStore, run } from './command-store.ts';
import type { Store } from './store.ts';

/** Where a Linux distribution takes CAs of its administrator from, and what makes its bundles anew. */
export interface Anchors {
  readonly folder: string;
  readonly ending: string;
  readonly refresh: readonly string[];
}

/** https://github.com/FiloSottile/mkcert/blob/master/truststore_linux.go */
const ANCHORS: readonly Anchors[] = [
  { folder: '/etc/pki/ca-trust/source/anchors', ending: 'pem', refresh: ['update-ca-trust', 'extract'] },
  { folder: '/usr/local/share/ca-certificates', ending: 'crt', refresh: ['update-ca-certificates'] },
  { folder: '/etc/ca-certificates/trust-source/anchors', ending: 'crt', refresh: ['trust', 'extract-compat'] },
  { folder: '/usr/share/pki/trust/anchors', ending: 'pem', refresh: ['update-ca-certificates'] },
];

const NAMES = { name: 'os', readers: 'curl, .NET, C programs' } as const;

/** The store of this system. */
export const systemStore = (context: Surroundings): Store => {
  if (process.platform === 'darwin') return keychain(context);
  if (process.platform === 'win32') return windowsRoots(context);
  return anchorStore(
    ANCHORS.find(({ folder }) => existsSync(folder)),
    context,
  );
};

/** A folder of certificates; `undefined` is a system whose folder is not known here. */
export const anchorStore = (anchors: Anchors | undefined, context: Surroundings): Store => {
  const { folder, ending, refresh } = anchors ?? { folder: '', ending: '', refresh: [] };
  const fileOf = ({ nick }: Authority): string => join(folder, `${nick}.${ending}`);
  const byHand = (words: readonly string[]): string => `${sudo}${commandLine(words)} && ${sudo}${commandLine(refresh)}`;
  const line = (authority: Authority): string => byHand(['cp', authority.file, fileOf(authority)]);
  return {
    ...NAMES,
    line,
    async absence() {
      return anchors === undefined ? 'how this system keeps its CAs is not known here' : undefined;
    },
    async trust(authority) {
      const file = fileOf(authority);
      if (holds(await readText(file), authority)) return { words: `trusted already, by ${file}` };
      await allowed(line(authority), () => writeFile(file, authority.pem, { mode: 0o644 }));
      await run(refresh, context);
      return { words: `trusted, by ${file}` };
    },
    async untrust(authority) {
      const file = fileOf(authority);
      const others = readdirSync(folder).filter((name) => join(folder, name) !== file && OURS.test(name));
      const note = others.length === 0 ? '' : `; of other folders' CAs there are ${others.join(', ')}`;
      if (!existsSync(file)) return { words: `not trusted, nothing to undo${note}` };
      await allowed(byHand(['rm', file]), () => rm(file));
      await run(refresh, context);
      return { words: `trusted no more${note}` };
    },
  };
};

const OURS = /^iothub-emulator-[0-9a-f]{8}\./;

const sudo = process.getuid?.() === 0 ? '' : 'sudo ';

const MISSING_RIGHTS = new Set(['EACCES', 'EPERM', 'EROFS']);

const allowed = async (line: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!MISSING_RIGHTS.has(codeOf(error) ?? '')) throw error;
    throw new Failure(
      EXIT.failed,
      `os: this user may not change the store of the system. Who may does it by\n  ${line}`,
    );
  }
};

const keychain = (context: Surroundings): Store => {
  const login = join(homedir(), 'Library/Keychains/login.keychain-db');
  return commandStore(
    {
      ...NAMES,
      absence: async () => undefined,
      look: ({ file }) => ['security', 'verify-cert', '-c', file],
      add: ({ file }) => ['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', login, file],
      remove: ({ file, cert }) => [
        ['security', 'remove-trusted-cert', file],
        ['security', 'delete-certificate', '-Z', sha1(cert), login],
      ],
    },
    context,
  );
};

const windowsRoots = (context: Surroundings): Store =>
  commandStore(
    {
      ...NAMES,
      absence: async () => undefined,
      look: ({ cert }) => ['certutil', '-user', '-verifystore', 'Root', sha1(cert)],
      add: ({ file }) => ['certutil', '-addstore', '-user', 'Root', file],
      remove: ({ cert }) => [['certutil', '-delstore', '-user', 'Root', sha1(cert)]],
    },
    context,
  );

const sha1 = ({ fingerprint }: Authority['cert']): string => fingerprint.replaceAll(':', '');
