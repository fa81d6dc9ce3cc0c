/** The checks that need no program of the user, in the order of the report. */
export const MACHINE_CHECKS = [
  'emulator',
  'port',
  'name',
  'proxy',
  'certificate',
  'events',
  'clock',
  'refusals',
] as const;

/** The checks that run a program of the user against a hub. */
export const RUNTIME_CHECKS = ['node', 'python', 'java', 'dotnet', 'os'] as const;

export const CHECKS = [...MACHINE_CHECKS, ...RUNTIME_CHECKS] as const;
export type CheckName = (typeof CHECKS)[number];

/** The result of a check. */
export interface Finding {
  /** A stable name: the check and its object, such as `port.https`. */
  readonly check: string;
  /** `skip`: there was nothing to check. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  readonly text: string;
  /** One command that fixes it. */
  readonly fix?: string | undefined;
}

type Make = (check: string, text: string, fix?: string) => Finding;

const withStatus =
  (status: Finding['status']): Make =>
  (check, text, fix) => ({ check, status, text, fix });

export const ok = withStatus('ok');
export const warn = withStatus('warn');
export const fail = withStatus('fail');
export const skip = withStatus('skip');

export const isFailure = ({ status }: Finding): boolean => status === 'fail';

/** Text report: one line per finding, followed by its fix if there is one. */
export const asText = (findings: readonly Finding[]): string => {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .flatMap(({ check, status, text, fix }) => [
      `${status.padEnd(4)}  ${check.padEnd(width)}  ${text}\n`,
      ...(fix === undefined ? [] : [`${' '.repeat(8 + width)}${fix}\n`]),
    ])
    .join('');
};

/** Report for programs. */
export const asJson = (findings: readonly Finding[]): string => {
  const rows = findings.map(({ check, status, text, fix }) => ({ check, status, text, fix: fix ?? null }));
  return `${JSON.stringify({ ok: !findings.some(isFailure), findings: rows }, null, 2)}\n`;
};
