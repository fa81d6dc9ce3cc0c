/** Fields of a log line: short values, no secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Receives the emulator's messages for people. */
export interface Log {
  /** Something worth knowing, such as a connection. */
  info(text: string, fields?: LogFields): void;
  /** Something that a user may have to fix, with its cause and remedy, such as a refused connection or an injected fault. */
  warn(text: string, fields?: LogFields): void;
  /** A failure of the emulator itself; `cause` is logged with its stack. */
  error(text: string, cause: unknown, fields?: LogFields): void;
}

/** From the fewest lines to the most. */
export const LOG_LEVELS = ['error', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes nothing. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** The lines of a log up to a level. */
export const upTo = (level: LogLevel, log: Log): Log => ({
  info: level === 'info' ? (text, fields) => log.info(text, fields) : silentLog.info,
  warn: level === 'error' ? silentLog.warn : (text, fields) => log.warn(text, fields),
  error: (text, cause, fields) => log.error(text, cause, fields),
});

export interface LogOptions {
  /** Lines for people, or one JSON object each. */
  readonly format: 'pretty' | 'json';
  /** True to colour lines for people; default false. */
  readonly isColoured?: boolean;
  readonly write: (line: string) => void;
}

export const createLog = ({ format, write, isColoured = false }: LogOptions): Log => {
  const paint = (level: keyof typeof COLOURS, text: string): string =>
    isColoured ? `\u001b[${COLOURS[level]}m${text}\u001b[0m` : text;
  const line = (level: LogLevel, text: string, given: LogFields): void => {
    const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, withoutSecrets(value)]));
    const time = new Date().toISOString();
    if (format === 'json') write(`${JSON.stringify({ event: 'log', level, time, text, ...fields })}\n`);
    else write(`${time.slice(11, 19)} ${paint(level, level.padEnd(5))} ${text}${pretty(fields)}\n`);
  };
  return {
    info: (text, fields = {}) => line('info', text, fields),
    warn: (text, fields = {}) => line('warn', text, fields),
    error: (text, cause, fields = {}) =>
      line('error', text, { ...fields, stack: cause instanceof Error ? cause.stack : String(cause) }),
  };
};

/** ECMA-48: cyan, yellow, red. */
const COLOURS = { info: 36, warn: 33, error: 31 } as const;

/** Text of a client for a log line: without control characters, at most 200 characters. */
export const printable = (text: string): string => text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');

const pretty = (fields: LogFields): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}=${name === 'stack' ? readable(String(value), BREAKS) : readable(String(value))}`)
    .join('');

/** Breaks of the lines of a stack are our own. */
const BREAKS = '\n';

/** Text for a terminal: clients must not be able to write lines of their own, nor move the cursor. `keep`: a mark that stays. */
export const readable = (text: string, keep = ''): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (mark) =>
    mark === keep ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Keys, signatures and passwords, in URLs and in connection strings. */
const withoutSecrets = (value: LogFields[string]): LogFields[string] =>
  typeof value === 'string'
    ? value
        .replace(/:\/\/[^/@\s]*@/g, '://***@')
        .replace(/\b(sig|SharedAccessKey|AccountKey|password)=[^&;\s"']*/gi, '$1=***')
        .replace(/\bBearer [^\s"']+/g, 'Bearer ***')
    : value;
