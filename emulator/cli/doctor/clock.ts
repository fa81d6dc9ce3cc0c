import { type Finding, fail, ok, warn } from './finding.ts';
import type { Subject } from './subject.ts';

const CHECK = 'clock';
const SECOND = 1000;

/** SAS tokens are created by one clock and checked by another. */
export const clockCheck = async ({ hub, authority }: Subject): Promise<Finding[]> => {
  const now = new Date();
  const here = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const created = authority?.cert.validFrom;
  if (created !== undefined && now.getTime() < Date.parse(created))
    return [fail(CHECK, `it is ${here} here, but the CA was created after ${created}`, FIX)];
  if (now.getFullYear() < 2025) return [fail(CHECK, `it is ${here} here, before this program was written`, FIX)];
  if (typeof hub !== 'object') return [ok(CHECK, `it is ${here} here`)];
  const seconds = Math.round(hub.aheadMs / SECOND);
  if (Math.abs(seconds) < 5) return [ok(CHECK, `it is ${here}, here and in the emulator`)];
  const text = `the emulator's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine's`;
  return [
    Math.abs(seconds) < 300 ? warn(CHECK, text, FIX) : fail(CHECK, `${text}: it will consider tokens expired`, FIX),
  ];
};

const FIXES: Readonly<Record<string, string>> = { darwin: 'sudo sntp -sS time.apple.com', win32: 'w32tm /resync' };
const FIX = FIXES[process.platform] ?? 'sudo timedatectl set-ntp true';
