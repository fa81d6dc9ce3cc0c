import { node } from './node/node.ts';
import type { Interceptor } from './redirect.ts';

/** One for each runtime whose programs can be redirected. */
export const interceptors: readonly Interceptor[] = [node];
