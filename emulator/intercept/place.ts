import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export type { Route } from './preload.cjs';

/** The file that Node programs load to have their connections led; the build puts it next to this module. */
export const preloadFile = (): string => fileURLToPath(new URL('./preload.cjs', import.meta.url));

/** Leads the connections of this process; the returned function ends it. */
export const lead: typeof import('./preload.cjs').lead = (route) => {
  const preload: typeof import('./preload.cjs') = createRequire(import.meta.url)('./preload.cjs');
  return preload.lead(route);
};
