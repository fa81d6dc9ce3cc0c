import { arch, release, type } from 'node:os';
import type { NoErrorCallback } from './callback.ts';

/** This package's version; a test compares it with package.json. */
export const VERSION = '0.1.0';

/** Node, operating system and processor: `node v20.20.2; Linux 6.1.0; x64`. */
const platform = (): string => `node ${process.version}; ${type()} ${release()}; ${arch()}`;

/** Calls back with `platform()`. */
export const getAgentPlatformString = (done: (platformString?: string) => void): void => {
  process.nextTick(done, platform());
};

/** How a device identifies itself: name/version (platform), and its own `productInfo`. */
export function getUserAgentString(productInfo: string, done: NoErrorCallback<string>): void;
export function getUserAgentString(done: NoErrorCallback<string>): void;
export function getUserAgentString(productInfo?: string): Promise<string>;
export function getUserAgentString(
  first?: string | NoErrorCallback<string>,
  second?: NoErrorCallback<string>,
): Promise<string> | undefined {
  if (first && typeof first !== 'string' && typeof first !== 'function')
    throw new TypeError("Error: productInfo must be of type 'string'");
  const agent = userAgent(typeof first === 'string' ? first : '');
  const done = typeof first === 'function' ? first : second;
  if (!done) return Promise.resolve(agent);
  process.nextTick(done, agent);
  return undefined;
}

/** The same, synchronously. */
export const userAgent = (productInfo = ''): string => `iothub-emulator/${VERSION} (${platform()})${productInfo}`;
