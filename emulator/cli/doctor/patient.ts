import { join } from 'node:path';
import * as z from 'zod';
import type { Ports } from '../../addresses.ts';
import { defaultFolder, readText } from '../../certificates/folder.ts';
import type { Options } from '../../options.ts';
import { type AdminPlace, placeOf } from '../admin.ts';
import type { Context } from '../context.ts';
import { readOptions } from '../flags.ts';
import { caFileOf } from '../login.ts';
import { self } from '../self.ts';
import { commandLine } from '../shell.ts';
import { type Authority, authorityIn } from '../trust/authority.ts';

/** What is examined: the emulator that runs, or else the one that `start` would start. */
export interface Patient {
  readonly options: Options;
  readonly context: Context;
  /** How this program was called, and how to start an emulator like this one. */
  readonly self: string;
  readonly start: string;
  readonly place: AdminPlace;
  readonly hub: RunningHub | 'locked' | undefined;
  /** True if the certificate was brought along: then its CA is not known here. */
  readonly isOwn: boolean;
  /** The development CA; undefined before the first start, and beside a certificate that was brought along. */
  readonly authority: Authority | undefined;
  /** False if the CA was read from the running emulator, and no file here has it. */
  readonly isAuthorityHere: boolean;
}

/** An emulator as its own API shows it. */
export interface RunningHub {
  readonly version: string;
  readonly hostname: string;
  /** By the name of the option, without its ending. */
  readonly ports: Readonly<Record<string, number>>;
  readonly isHealthy: boolean;
  /** PEM. */
  readonly ca: string | undefined;
  /** By how many ms its clock is ahead of this machine's; the answer has whole seconds. */
  readonly ahead: number;
}

/** Looks, and changes nothing. Throws UsageError. */
export const meet = async (given: Readonly<Record<string, unknown>>, context: Context): Promise<Patient> => {
  const options = readOptions(given, context);
  const place = placeOf(given, context);
  const hub = await visit(place);
  const caFile = options.caDir === undefined ? caFileOf(given, context) : join(options.caDir, 'ca.pem');
  const found = await findAuthority({ caFile, ca: typeof hub === 'object' ? hub.ca : undefined, url: place.url });
  const isOwn = typeof hub === 'object' ? hub.ca === undefined : options.cert !== undefined;
  const name = self(context.environment);
  return {
    options,
    context,
    self: name,
    start: `${name} ${commandLine(['start', ...(options.caDir === undefined ? [] : ['--ca-dir', options.caDir])])}`,
    place,
    hub,
    isOwn,
    authority: isOwn ? undefined : found.authority,
    isAuthorityHere: found.isHere,
  };
};

/** The port under which an option's name is known. */
export const portOf = ({ hub, options }: Patient, key: keyof Ports): number =>
  (typeof hub === 'object' ? hub.ports[key] : undefined) ?? options[`${key}Port`];

const PATIENCE = 3_000;

const Info = z.object({ version: z.string(), hostname: z.string(), ports: z.record(z.string(), z.number()) });

const visit = async ({ url, token }: AdminPlace): Promise<RunningHub | 'locked' | undefined> => {
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const get = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { ...(headers && { headers }), signal: AbortSignal.timeout(PATIENCE) });
  try {
    const asked = Date.now();
    const answer = await get('/info');
    const middle = (asked + Date.now()) / 2;
    if (answer.status === 401) return 'locked';
    const info = Info.safeParse(await answer.json());
    if (!info.success) return undefined;
    const [health, ca] = await Promise.all([get('/health'), get('/ca.pem')]);
    const date = Date.parse(answer.headers.get('date') ?? '');
    return {
      ...info.data,
      isHealthy: health.ok,
      ca: ca.ok ? await ca.text() : undefined,
      ahead: Number.isNaN(date) ? 0 : date + 500 - middle,
    };
  } catch {
    return undefined; // nobody there, or somebody else
  }
};

interface Sought {
  readonly caFile: string;
  readonly ca: string | undefined;
  readonly url: string;
}

/** An emulator in a container keeps its CA there: then it is asked for, as if it lay in a folder named by the port. */
const findAuthority = async ({
  caFile,
  ca,
  url,
}: Sought): Promise<{ authority: Authority | undefined; isHere: boolean }> => {
  const fetched = join(defaultFolder(), new URL(url).port || 'remote', 'ca.pem');
  const running = authorityIn(ca ?? '', fetched);
  for (const file of [caFile, fetched]) {
    const authority = authorityIn((await readText(file).catch(() => undefined)) ?? '', file);
    if (authority === undefined) continue;
    if (running === undefined || authority.nick === running.nick) return { authority, isHere: true };
  }
  return { authority: running, isHere: false };
};
