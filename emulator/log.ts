/** Fields of a log line: short, no secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where the emulator says what a person should know. */
export interface Log {
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  /** `cause` is logged with its stack. */
  error(text: string, cause: unknown, fields?: LogFields): void;
}

/** Says nothing: for tests and for programs that listen to events instead. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Lines for people (`pretty`) or one JSON object each (`json`). */
export const createLog = (format: 'pretty' | 'json', write: (line: string) => void): Log => {
  const line = (level: 'info' | 'warn' | 'error', text: string, fields: LogFields): void => {
    const time = new Date().toISOString();
    if (format === 'json') write(`${JSON.stringify({ event: 'log', level, time, text, ...fields })}\n`);
    else write(`${time.slice(11, 19)} ${level.padEnd(5)} ${text}${pretty(fields)}\n`);
  };
  return {
    info: (text, fields = {}) => line('info', text, fields),
    warn: (text, fields = {}) => line('warn', text, fields),
    error: (text, cause, fields = {}) =>
      line('error', text, { ...fields, stack: cause instanceof Error ? cause.stack : String(cause) }),
  };
};

/** Texts from outside in log lines: no control characters, no novels. */
export const printable = (text: string): string => text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');

const pretty = (fields: LogFields): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}=${value}`)
    .join('');
