/** Where programs run, and with which environment variables. */
export interface ProcessContext {
  /** Relative paths start from here. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a command may use of the process that runs it. */
export interface Context extends ProcessContext {
  /** Writes data to standard output. */
  out(text: string): void;
  /** Writes messages to standard error. */
  err(text: string): void;
  /** Called when the process should end, even if something keeps it alive. */
  exitSoon?(): void;
  /** Called when the code that a start needs has run once. */
  warm?(): void;
}

/** Ends a command with an exit code, and with a message on standard error if there is one. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(exitCode: number, message = '') {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit codes; 0 is success. */
export const EXIT = { failed: 1, usage: 2, notFound: 3, notReachable: 4 } as const;

/** Of a command whose request was refused with a status of HTTP. */
export const exitCodeOf = (status: number): number => {
  if (status === 400) return EXIT.usage;
  return status === 404 ? EXIT.notFound : EXIT.failed;
};
