/** Where programs are run, and with which variables. */
export interface Surroundings {
  /** Relative paths and programs start from here. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a command may use of the process that runs it. */
export interface Context extends Surroundings {
  /** Data. */
  out(text: string): void;
  /** Words. */
  err(text: string): void;
  /** Called once all code of a start has run. */
  warm?(): void;
}

/** Leaves with the code and, if there is one, its text on standard error. */
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
