import { setTimeout as delay } from 'node:timers/promises';
import type { RunningEmulator } from '../../protocol/admin/emulators.ts';
import { type EmulatorRecord, isAlive, runningRecords } from './emulator-records.ts';

const ANSWER_MS = 1_000;
const POLL_MS = 50;
const END_MS = 10_000;
/** An emulator that ends itself answers before. */
const LAST_ANSWER_MS = 100;

/** The emulators of this user on this machine, as they describe themselves. */
export const runningEmulators = async (): Promise<readonly RunningEmulator[]> =>
  (await Promise.all(runningRecords().map(asked))).flat();

/**
 * Ends one of them, and waits until it has ended unless it is this one. Throws a RangeError for any other process, and an Error if it
 * goes on.
 */
export const stopEmulator = async (pid: number, adminUrl: string): Promise<void> => {
  const found = (await runningEmulators()).some((one) => one.pid === pid && one.adminUrl === adminUrl);
  if (!found) throw new RangeError(`No emulator of this user runs at ${adminUrl} as process ${pid}`);
  if (pid === process.pid) {
    setTimeout(() => signal(pid), LAST_ANSWER_MS);
    return;
  }
  signal(pid);
  for (let waited = 0; isAlive(pid); waited += POLL_MS) {
    if (waited >= END_MS) throw new Error(`Process ${pid} has not ended within ${END_MS / 1000} s.`);
    await delay(POLL_MS);
  }
};

/** It may have ended by itself meanwhile. */
const signal = (pid: number): void => {
  if (isAlive(pid)) process.kill(pid, 'SIGTERM');
};

/** None if something else than the recorded emulator is there now: then the record is left over. */
const asked = async ({ pid, adminUrl, adminToken }: EmulatorRecord): Promise<readonly RunningEmulator[]> => {
  const known = { pid, adminUrl, isThis: pid === process.pid };
  try {
    const headers = { ...(adminToken !== undefined && { authorization: headerText(`Bearer ${adminToken}`) }) };
    const answer = await fetch(`${adminUrl}/info`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    const { Info } = await import('../../protocol/admin/server.ts');
    const told = Info.safeParse(await answer.json());
    if (!told.success || told.data.pid !== pid) return [];
    const { hostname, version, data, ports, startedAt } = told.data;
    return [{ ...known, name: hostname, version, data, ports, startedAt }];
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? [known] : [];
  }
};

/** `fetch` sends the characters of a header as bytes: those of UTF-8. */
const headerText = (text: string): string => Buffer.from(text).toString('latin1');
