import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { loadCertificates } from '../../certificates/certificates.ts';
import { readText } from '../../certificates/folder.ts';
import { type Context, EXIT, Failure } from '../context.ts';
import { caFileOf } from '../login.ts';
import { type Authority, authorityIn } from './authority.ts';
import { certifiLine, javaLine, nodeLine, pythonLine } from './lines.ts';
import type { Change, Store } from './store.ts';
import { storesOf } from './stores.ts';

type Given = Readonly<Record<string, unknown>>;

/** Adds the CA to the stores asked for, or to all that are there; the CA is made if there is none yet. Throws Failure. */
export const trustIn = async (given: Given, context: Context): Promise<void> => {
  const authority = (await find(given, context)) ?? (await make(given, context));
  await change(given, context, (store) => store.trust(authority));
};

/** Takes the CA out of them. Throws Failure. */
export const untrustIn = async (given: Given, context: Context): Promise<void> => {
  const authority = await get(given, context);
  await change(given, context, (store) => store.untrust(authority));
};

/** The lines by which everything can be done by hand. Throws Failure. */
export const printLines = async (given: Given, context: Context): Promise<void> => {
  const authority = await get(given, context);
  const sections = given.store === undefined ? await runtimeLines(authority, context) : [];
  for (const store of storesOf(context).filter(asked(given))) {
    const why = await store.absence();
    const line = store.name === 'java' ? javaLine(authority, context) : store.line(authority);
    sections.push([store.readers, why === undefined ? line : `# ${why}`]);
  }
  context.out(sections.map(([who, line]) => `# ${who}\n${line}\n`).join('\n'));
};

const runtimeLines = async (authority: Authority, context: Context): Promise<[who: string, line: string][]> => [
  ['Node', nodeLine(authority)],
  ['Python and az', await pythonLine(authority, context)],
  ['Python packages that heed only certifi: uamqp, azure-eventhub', certifiLine(authority)],
];

/** Every store has its turn; the first refusal is thrown in the end. */
const change = async (given: Given, context: Context, work: (store: Store) => Promise<Change>): Promise<void> => {
  const refusals: Failure[] = [];
  for (const store of storesOf(context).filter(asked(given))) {
    const why = await store.absence();
    if (why !== undefined && given.store !== undefined) throw new Failure(EXIT.failed, `${store.name}: ${why}`);
    if (why !== undefined) {
      context.err(`${store.name}: left out, ${why}\n`);
      continue;
    }
    try {
      const { words, line } = await work(store);
      context.err(`${store.name}: ${words}\n`);
      if (line !== undefined) context.out(`${line}\n`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw new Failure(EXIT.failed, refusals.map(({ message }) => message).join('\n'));
};

const asked =
  ({ store }: Given) =>
  ({ name }: Store): boolean =>
    !Array.isArray(store) || store.includes(name);

const find = async (given: Given, context: Context): Promise<Authority | undefined> => {
  refuseRootsHome(given, context);
  const file = caFileOf(given, context);
  const text = await readText(file).catch((error: Error) => {
    throw new Failure(EXIT.failed, `The CA cannot be read: ${error.message}`);
  });
  return authorityIn(text ?? '', file);
};

const get = async (given: Given, context: Context): Promise<Authority> => {
  const found = await find(given, context);
  if (found === undefined)
    throw new Failure(EXIT.failed, 'There is no development CA yet. It is made when the emulator first starts.');
  return found;
};

const make = async (given: Given, context: Context): Promise<Authority> => {
  const { caFile = '' } = await loadCertificates({ folder: dirname(caFileOf(given, context)) });
  const made = authorityIn(await readFile(caFile, 'utf8'), caFile);
  if (made === undefined) throw new Failure(EXIT.failed, `There is no certificate in ${caFile}`);
  return made;
};

/** sudo may lead to root's home, where the CA is another than that of the user's emulator. */
const refuseRootsHome = ({ caDir }: Given, { environment }: Context): void => {
  const { SUDO_USER: user, IOTHUB_EMULATOR_CA_DIR: told } = environment;
  if (user === undefined || user === 'root' || caDir !== undefined || told) return;
  if (process.getuid?.() !== 0 || homedir() !== userInfo().homedir) return;
  throw new Failure(
    EXIT.usage,
    `Under sudo this looks into the home of root. Say whose CA it is: --ca-dir ~${user}/.iothub-emulator`,
  );
};
