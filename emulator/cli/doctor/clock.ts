import { type Finding, fail, ok, warn } from './finding.ts';
import type { Patient } from './patient.ts';

const CHECK = 'clock';
const SECOND = 1000;

/** SAS tokens are made by one clock and judged by another. */
export const clockCheck = async ({ hub, authority }: Patient): Promise<Finding[]> => {
  const now = new Date();
  const said = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const made = authority?.cert.validFrom;
  if (made !== undefined && now.getTime() < Date.parse(made))
    return [fail(CHECK, `it is ${said} here, but the CA was made after ${made}`, MEND)];
  if (now.getFullYear() < 2025) return [fail(CHECK, `it is ${said} here, before this program was written`, MEND)];
  if (typeof hub !== 'object') return [ok(CHECK, `it is ${said} here`)];
  const seconds = Math.round(hub.ahead / SECOND);
  if (Math.abs(seconds) < 5) return [ok(CHECK, `it is ${said} here and there`)];
  const text = `the emulator's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine's`;
  return [
    Math.abs(seconds) < 300 ? warn(CHECK, text, MEND) : fail(CHECK, `${text}: it will find tokens expired`, MEND),
  ];
};

const MENDS: Readonly<Record<string, string>> = { darwin: 'sudo sntp -sS time.apple.com', win32: 'w32tm /resync' };
const MEND = MENDS[process.platform] ?? 'sudo timedatectl set-ntp true';
