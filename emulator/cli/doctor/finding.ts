/** What can be checked, in the order of the report. */
export const CHECKS = ['emulator', 'port', 'name', 'proxy', 'certificate', 'clock'] as const;

/** Those that need a hub to knock at. */
export const RUNTIME_CHECKS = ['node', 'python', 'java', 'dotnet', 'os'] as const;

/** What a check found. */
export interface Finding {
  /** Its stable name: the check, and of what, such as `port.https`. */
  readonly check: string;
  /** `skip`: there was nothing to check. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  readonly text: string;
  /** The one line that mends it. */
  readonly mend?: string | undefined;
}

type Say = (check: string, text: string, mend?: string) => Finding;

const say =
  (status: Finding['status']): Say =>
  (check, text, mend) => ({ check, status, text, mend });

export const ok = say('ok');
export const warn = say('warn');
export const fail = say('fail');
export const skip = say('skip');

/** For people: a line each, and below what does not please the line that mends it. */
export const asText = (findings: readonly Finding[]): string => {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .flatMap(({ check, status, text, mend }) => [
      `${status.padEnd(4)}  ${check.padEnd(width)}  ${text}\n`,
      ...(mend === undefined ? [] : [`${' '.repeat(8 + width)}${mend}\n`]),
    ])
    .join('');
};

/** For programs. */
export const asJson = (findings: readonly Finding[]): string => {
  const rows = findings.map(({ check, status, text, mend }) => ({ check, status, text, mend: mend ?? null }));
  return `${JSON.stringify({ ok: !failed(findings), findings: rows }, null, 2)}\n`;
};

export const failed = (findings: readonly Finding[]): boolean => findings.some(({ status }) => status === 'fail');
