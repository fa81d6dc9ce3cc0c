import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { loadCertificates } from '../../certificates/certificates.ts';
import { readText } from '../../files.ts';
import { type Context, EXIT, Failure } from '../context.ts';
import { type CaFlags, caFileOf } from '../login.ts';
import { type Authority, authorityIn } from './authority.ts';
import { certifiLine, javaLine, nodeLine, pythonLine } from './lines.ts';
import type { Change, Store, StoreName } from './store.ts';
import { storesOf } from './stores.ts';

/** The flags that select stores and the CA. */
export interface TrustFlags extends CaFlags {
  readonly store?: readonly StoreName[];
}

/** Adds the CA to the selected stores; creates the CA if there is none yet. Throws Failure. */
export const trustIn = async (flags: TrustFlags, context: Context): Promise<void> => {
  const authority = (await find(flags, context)) ?? (await create(flags, context));
  await change(flags, context, (store) => store.trust(authority));
};

/** Removes the CA from the selected stores. Throws Failure. */
export const untrustIn = async (flags: TrustFlags, context: Context): Promise<void> => {
  const authority = await get(flags, context);
  await change(flags, context, (store) => store.untrust(authority));
};

/** Prints the commands that do the same by hand. Throws Failure. */
export const printLines = async (flags: TrustFlags, context: Context): Promise<void> => {
  const authority = await get(flags, context);
  const sections = flags.store === undefined ? await runtimeLines(authority, context) : [];
  for (const store of storesOf(context).filter(selected(flags))) {
    const why = await store.absence();
    const line = store.name === 'java' ? javaLine(authority, context) : store.line(authority);
    sections.push([store.readers, why === undefined ? line : `# ${why}`]);
  }
  context.out(sections.map(([runtime, line]) => `# ${runtime}\n${line}\n`).join('\n'));
};

const runtimeLines = async (authority: Authority, context: Context): Promise<[runtime: string, line: string][]> => [
  ['Node', nodeLine(authority)],
  ['Python and az', await pythonLine(authority, context)],
  ['Python packages that use only certifi: uamqp, azure-eventhub', certifiLine(authority)],
];

/** Changes every store before it throws. */
const change = async (flags: TrustFlags, context: Context, work: (store: Store) => Promise<Change>): Promise<void> => {
  const failures: Failure[] = [];
  for (const store of storesOf(context).filter(selected(flags))) {
    const why = await store.absence();
    if (why !== undefined && flags.store !== undefined) throw new Failure(EXIT.failed, `${store.name}: ${why}`);
    if (why !== undefined) {
      context.err(`${store.name}: skipped, ${why}\n`);
      continue;
    }
    try {
      const { text, line } = await work(store);
      context.err(`${store.name}: ${text}\n`);
      if (line !== undefined) context.out(`${line}\n`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new Failure(EXIT.failed, failures.map(({ message }) => message).join('\n'));
};

const selected =
  ({ store }: TrustFlags) =>
  ({ name }: Store): boolean =>
    store === undefined || store.includes(name);

const find = async (flags: TrustFlags, context: Context): Promise<Authority | undefined> => {
  refuseHomeOfRoot(flags, context);
  const file = caFileOf(flags, context);
  const text = await readText(file).catch((error: Error) => {
    throw new Failure(EXIT.failed, `The CA cannot be read: ${error.message}`);
  });
  return authorityIn(text ?? '', file);
};

const get = async (flags: TrustFlags, context: Context): Promise<Authority> => {
  const found = await find(flags, context);
  if (found === undefined)
    throw new Failure(EXIT.failed, 'There is no development CA yet. The emulator creates it when it first starts.');
  return found;
};

const create = async (flags: TrustFlags, context: Context): Promise<Authority> => {
  const { caFile = '' } = await loadCertificates({ folder: dirname(caFileOf(flags, context)) });
  const created = authorityIn(await readFile(caFile, 'utf8'), caFile);
  if (created === undefined) throw new Failure(EXIT.failed, `There is no certificate in ${caFile}`);
  return created;
};

/** With sudo the home may be that of root, whose CA is not that of the user's emulator. */
const refuseHomeOfRoot = ({ caDir }: TrustFlags, { environment }: Context): void => {
  const { SUDO_USER: user, IOTHUB_EMULATOR_CA_DIR: folder } = environment;
  if (user === undefined || user === 'root' || caDir !== undefined || folder) return;
  if (process.getuid?.() !== 0 || homedir() !== userInfo().homedir) return;
  throw new Failure(
    EXIT.usage,
    `With sudo this looks in the home of root. Give the folder of your CA: --ca-dir ~${user}/.iothub-emulator`,
  );
};
