import { existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, readText } from '../../files.ts';
import { EXIT, Failure, type ProcessContext } from '../context.ts';
import { commandLine } from '../shell-quoting.ts';
import { type Authority, contains } from './authority.ts';
import { commandStore, run } from './command-store.ts';
import type { Store } from './store.ts';

/** The folder in which a Linux distribution looks for additional CAs, and the command that then rebuilds its bundles. */
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
export const systemStore = (context: ProcessContext): Store => {
  if (process.platform === 'darwin') return keychain(context);
  if (process.platform === 'win32') return windowsRoots(context);
  return anchorStore(
    ANCHORS.find(({ folder }) => existsSync(folder)),
    context,
  );
};

/** A folder of certificates; `undefined` if it is not known for this system. */
export const anchorStore = (anchors: Anchors | undefined, context: ProcessContext): Store => {
  const { folder, ending, refresh } = anchors ?? { folder: '', ending: '', refresh: [] };
  const fileOf = ({ nick }: Authority): string => join(folder, `${nick}.${ending}`);
  const byHand = (words: readonly string[]): string => `${sudo}${commandLine(words)} && ${sudo}${commandLine(refresh)}`;
  const line = (authority: Authority): string => byHand(['cp', authority.file, fileOf(authority)]);
  return {
    ...NAMES,
    line,
    async absence() {
      return anchors === undefined ? 'the trust store of this system is not known' : undefined;
    },
    async trust(authority) {
      const file = fileOf(authority);
      if (contains(await readText(file), authority)) return { text: `trusted already, by ${file}` };
      await changeSystem(line(authority), () => writeFile(file, authority.pem, { mode: 0o644 }));
      await run(refresh, context);
      return { text: `trusted, by ${file}` };
    },
    async untrust(authority) {
      const file = fileOf(authority);
      const others = readdirSync(folder).filter((name) => join(folder, name) !== file && OURS.test(name));
      const note = others.length === 0 ? '' : `; the store also has CAs of other folders: ${others.join(', ')}`;
      if (!existsSync(file)) return { text: `not trusted, nothing to undo${note}` };
      await changeSystem(byHand(['rm', file]), () => rm(file));
      await run(refresh, context);
      return { text: `no longer trusted${note}` };
    },
  };
};

const OURS = /^iothub-emulator-[0-9a-f]{8}\./;

const sudo = process.getuid?.() === 0 ? '' : 'sudo ';

const MISSING_RIGHTS = new Set(['EACCES', 'EPERM', 'EROFS']);

const changeSystem = async (line: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!MISSING_RIGHTS.has(codeOf(error) ?? '')) throw error;
    throw new Failure(
      EXIT.failed,
      `os: this user may not change the store of the system. An administrator can:\n  ${line}`,
    );
  }
};

const keychain = (context: ProcessContext): Store => {
  const login = join(homedir(), 'Library/Keychains/login.keychain-db');
  return commandStore(
    {
      ...NAMES,
      absence: async () => undefined,
      find: ({ file }) => ['security', 'verify-cert', '-c', file],
      add: ({ file }) => ['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', login, file],
      remove: ({ file, cert }) => [
        ['security', 'remove-trusted-cert', file],
        ['security', 'delete-certificate', '-Z', sha1(cert), login],
      ],
    },
    context,
  );
};

const windowsRoots = (context: ProcessContext): Store =>
  commandStore(
    {
      ...NAMES,
      absence: async () => undefined,
      find: ({ cert }) => ['certutil', '-user', '-verifystore', 'Root', sha1(cert)],
      add: ({ file }) => ['certutil', '-addstore', '-user', 'Root', file],
      remove: ({ cert }) => [['certutil', '-delstore', '-user', 'Root', sha1(cert)]],
    },
    context,
  );

const sha1 = ({ fingerprint }: Authority['cert']): string => fingerprint.replaceAll(':', '');
