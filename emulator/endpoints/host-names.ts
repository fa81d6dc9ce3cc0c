// Names below `localhost` always lead to this machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
// `intercept/node/preload.cjs` reads these names too; it runs without the rest of the emulator.

const DOMAIN = 'hub.localhost';
const FORK = /^(?:p\d+-)?([a-z0-9-]+)\.hub\.localhost$/i;

/** The name of a fork, on the emulator's ports. */
export const forkHostName = (fork: string): string => `${fork}.${DOMAIN}`;

/** A name that also selects one of several emulators in this process, for clients that append the usual ports themselves. */
export const redirectedHostName = (httpsPort: number, fork?: string): string =>
  `p${httpsPort}${fork === undefined ? '' : `-${fork}`}.${DOMAIN}`;

/** The fork that a host name belongs to, in lower case; undefined for other names. */
export const forkIn = (hostName: string): string | undefined => FORK.exec(hostName)?.[1]?.toLowerCase();

/** True if a fork can have the name: one label of a host name that does not look like an emulator's own. */
export const isForkName = (name: string): boolean =>
  /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name) && !/^p\d+(?:-|$)/.test(name);
