import { setTimeout as delay } from 'node:timers/promises';
import type { RunningEmulator } from '../../protocol/admin/emulators.ts';
import { HubError } from '../../protocol/errors.ts';
import { type EmulatorRecord, isRunning, runningRecords } from './emulator-records.ts';

const ANSWER_MS = 1_000;
const POLL_MS = 50;
const END_MS = 10_000;
/** An emulator that ends itself answers before. */
const LAST_ANSWER_MS = 100;

/** Says of which emulators the record may be used. */
type Allows = (record: EmulatorRecord) => boolean;
/** The user, who alone can read the records. */
const ofUser: Allows = () => true;

/**
 * What an emulator with this token, or without one, does for those who call it: they know no other token, so it uses none for
 * them.
 */
export const emulatorsFor = (token: string | undefined) => {
  const allows: Allows = ({ adminToken }) => adminToken === undefined || adminToken === token;
  return {
    list: () => runningEmulators(allows),
    stop: (pid: number, adminUrl: string) => stopEmulator(pid, adminUrl, allows),
  };
};

/** The emulators of this user on this machine, as they describe themselves. */
export const runningEmulators = async (allows = ofUser): Promise<readonly RunningEmulator[]> =>
  (await Promise.all(runningRecords().map((record) => (allows(record) ? asked(record) : [withheld(record)])))).flat();

/**
 * Ends one of them, and waits until it has ended unless it is this one. Throws HubError: GenericNotFound for any other process,
 * GenericForbidden, GenericConflict if the process may be another, GatewayTimeout if it goes on.
 */
export const stopEmulator = async (pid: number, adminUrl: string, allows = ofUser): Promise<void> => {
  const record = runningRecords().find((one) => one.pid === pid && one.adminUrl === adminUrl);
  if (record !== undefined && !allows(record)) throw forbidden(record);
  const [found] = record === undefined ? [] : await asked(record);
  if (record === undefined || found === undefined)
    throw new HubError('GenericNotFound', `No emulator of this user runs at ${adminUrl} as process ${pid}`);
  if (!found.canStop) throw uncertain(record);
  if (pid === process.pid) setTimeout(() => signal(record), LAST_ANSWER_MS);
  else await end(record);
};

const end = async (record: EmulatorRecord): Promise<void> => {
  signal(record);
  for (let waited = 0; isRunning(record); waited += POLL_MS) {
    if (waited >= END_MS)
      throw new HubError('GatewayTimeout', `Process ${record.pid} has not ended within ${END_MS / 1000} s.`);
    await delay(POLL_MS);
  }
};

/** It may have ended by itself meanwhile. */
const signal = (record: EmulatorRecord): void => {
  if (isRunning(record)) process.kill(record.pid, 'SIGTERM');
};

const forbidden = ({ pid, adminUrl }: EmulatorRecord): HubError =>
  new HubError('GenericForbidden', `The emulator at ${adminUrl} has a token, and this one has another or none`, {
    hint: `End it on its own page, or with \`iothub-emulator stop ${pid}\``,
  });

const uncertain = ({ pid, adminUrl }: EmulatorRecord): HubError =>
  new HubError(
    'GenericConflict',
    `The emulator at ${adminUrl} does not answer, and process ${pid} may be another by now`,
    {
      hint: `Look what process ${pid} is, and end it yourself`,
    },
  );

const placeOf = ({ pid, adminUrl }: EmulatorRecord) => ({ pid, adminUrl, isThis: pid === process.pid });

const withheld = (record: EmulatorRecord): RunningEmulator => ({
  ...placeOf(record),
  canStop: false,
  problem: 'has another token',
});

/** Where the machine does not say when the process started, its number alone may be that of another. */
const silent = (record: EmulatorRecord): RunningEmulator => ({
  ...placeOf(record),
  canStop: record.processStart !== undefined && isRunning(record),
  problem: 'does not answer',
});

/** None if something else than the recorded emulator is there now: then the record is left over. */
const asked = async (record: EmulatorRecord): Promise<readonly RunningEmulator[]> => {
  const { pid, adminUrl, adminToken } = record;
  try {
    const headers = { ...(adminToken !== undefined && { authorization: headerText(`Bearer ${adminToken}`) }) };
    const answer = await fetch(`${adminUrl}/info`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    const { Info } = await import('../../protocol/admin/server.ts');
    const told = Info.safeParse(await answer.json());
    if (!told.success || told.data.pid !== pid) return [];
    const { hostname, version, data, ports, startedAt } = told.data;
    return [{ ...placeOf(record), canStop: true, name: hostname, version, data, ports, startedAt }];
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? [silent(record)] : [];
  }
};

/** `fetch` sends the characters of a header as bytes: those of UTF-8. */
const headerText = (text: string): string => Buffer.from(text).toString('latin1');
