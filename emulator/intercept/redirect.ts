/** Where connections to an emulator's names go. Interceptors hand it to client programs as JSON. */
export interface Redirect {
  /** Lower-case names and addresses; `*.x` covers everything below x. */
  readonly hosts: readonly string[];
  /** The emulator's address. */
  readonly address: string;
  /** By the port that an SDK connects to: the port of the emulator. */
  readonly ports: Readonly<Record<number, number>>;
  /** PEM: trusted on connections to these names, in addition to the roots that are trusted anyway. */
  readonly ca?: string | undefined;
}

/** Makes client programs of one runtime follow a redirect. */
export interface Interceptor {
  /** Variables for a program, which would otherwise have the `inherited` ones. */
  variables(redirect: Redirect, inherited: Readonly<Record<string, string | undefined>>): Record<string, string>;
}

/** The variable that has a `Redirect` as JSON. */
export const REDIRECT_VARIABLE = 'IOTHUB_EMULATOR_INTERCEPT';
