import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Interceptor, REDIRECT_VARIABLE, type Redirect } from '../redirect.ts';

/** Programs on Node load a file before their own code. */
export const node: Interceptor = {
  variables(redirect, { NODE_OPTIONS: options }) {
    // blanks and quotes are allowed only inside double quotes, with backslashes before `"` and `\`
    const file = `"${preloadFile().replace(/["\\]/g, '\\$&')}"`;
    const ours = `--require ${file}`;
    return {
      NODE_OPTIONS: options === undefined || options.includes(ours) ? (options ?? ours) : `${options} ${ours}`,
      [REDIRECT_VARIABLE]: JSON.stringify(redirect),
    };
  },
};

/** Redirects the connections of this process until the returned function is called. */
export const redirectConnections = (redirect: Redirect): (() => void) => {
  const preload: typeof import('./preload.cjs') = createRequire(import.meta.url)('./preload.cjs');
  return preload.redirect(redirect);
};

/** The build puts the file next to this module. */
const preloadFile = (): string => fileURLToPath(new URL('./preload.cjs', import.meta.url));
