import { join } from 'node:path';
import { Info } from '../../../protocol/admin/server.ts';
import { defaultFolder, folderOfNextStart } from '../../certificates/folder.ts';
import { PORTS, type PortName } from '../../endpoints/protocols.ts';
import { readText } from '../../files.ts';
import type { Options } from '../../options.ts';
import { AdminClient } from '../admin-client.ts';
import { type AdminFlags, type FoundEmulator, findEmulator } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { type CaFlags, caFileOf } from '../login.ts';
import { type OptionFlags, readOptions } from '../option-flags.ts';
import { self } from '../self.ts';
import { commandLine } from '../shell-quoting.ts';
import { type Authority, authorityIn } from '../trust/authority.ts';

/** The flags that say what to examine. */
export interface SubjectFlags extends AdminFlags, OptionFlags, Pick<CaFlags, 'caDir'> {}

/** What is examined: the running emulator, or else the one that `start` would start. */
export interface Subject {
  readonly options: Options;
  readonly context: Context;
  /** How this program was called. */
  readonly self: string;
  /** The command that starts an emulator like this one. */
  readonly start: string;
  readonly found: FoundEmulator;
  /** `locked` if the emulator requires a token; undefined if none runs. */
  readonly hub: RunningHub | 'locked' | undefined;
  /** True if the user gave a certificate: then its CA is not known here. */
  readonly hasOwnCertificate: boolean;
  /** The development CA; undefined before the first start, and if the user gave a certificate. */
  readonly authority: Authority | undefined;
  /** False if the CA was read from the running emulator, and is in no file of this machine. */
  readonly isAuthorityHere: boolean;
}

/** A running emulator as its admin API describes it. */
export interface RunningHub extends Info {
  readonly isHealthy: boolean;
  /** PEM. */
  readonly ca: string | undefined;
  /** By how many ms its clock is ahead of this machine's, to the second. */
  readonly aheadMs: number;
}

/** Finds what to examine; changes nothing. Throws UsageError. */
export const findSubject = async (flags: SubjectFlags, context: Context): Promise<Subject> => {
  const options = readOptions(flags, context);
  const found = findEmulator(flags, context);
  const hub = await describe(found);
  const caFile =
    hub === undefined || options.caDir !== undefined
      ? join(options.caDir ?? folderOfNextStart(), 'ca.pem')
      : caFileOf(flags, context);
  const ca = await findAuthority(caFile, found.url, typeof hub === 'object' ? hub.ca : undefined);
  const hasOwnCertificate = typeof hub === 'object' ? hub.ca === undefined : options.cert !== undefined;
  const name = self(context.environment);
  return {
    options,
    context,
    self: name,
    start: `${name} ${commandLine(['start', ...(options.caDir === undefined ? [] : ['--ca-dir', options.caDir])])}`,
    found,
    hub,
    hasOwnCertificate,
    authority: hasOwnCertificate ? undefined : ca.authority,
    isAuthorityHere: ca.isHere,
  };
};

/** The number of a port: that of the running emulator, or else that of the options. */
export const portOf = ({ hub, options }: Subject, name: PortName): number => {
  const { option } = PORTS.find((row) => row.name === name) ?? PORTS[0];
  return (typeof hub === 'object' ? hub.ports[name] : undefined) ?? options[option];
};

const TIMEOUT_MS = 3_000;

const describe = async (found: FoundEmulator): Promise<RunningHub | 'locked' | undefined> => {
  const admin = new AdminClient(found, TIMEOUT_MS);
  try {
    const asked = Date.now();
    const answer = await admin.send('GET /info');
    const middle = (asked + Date.now()) / 2;
    if (answer.status === 401) return 'locked';
    const info = Info.safeParse(JSON.parse(answer.text));
    if (!info.success) return undefined;
    const [health, ca] = await Promise.all([admin.send('GET /health'), admin.send('GET /ca.pem')]);
    const date = Date.parse(answer.headers.date ?? '');
    return {
      ...info.data,
      isHealthy: health.status === 200,
      ca: ca.status === 200 ? ca.text : undefined,
      aheadMs: Number.isNaN(date) ? 0 : date + 500 - middle, // the header has whole seconds
    };
  } catch {
    return undefined; // nothing listens there, or another program
  }
};

/** The CA of an emulator in a container is read from it, as if it were in a folder named by its port. */
const findAuthority = async (
  caFile: string,
  url: string,
  ca: string | undefined,
): Promise<{ authority: Authority | undefined; isHere: boolean }> => {
  const fetched = join(defaultFolder(), new URL(url).port || 'remote', 'ca.pem');
  const running = authorityIn(ca ?? '', fetched);
  for (const file of running === undefined ? [caFile] : [caFile, fetched]) {
    const authority = authorityIn((await readText(file).catch(() => undefined)) ?? '', file);
    if (authority === undefined) continue;
    if (running === undefined || authority.nick === running.nick) return { authority, isHere: true };
  }
  return { authority: running, isHere: false };
};
