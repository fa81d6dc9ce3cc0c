import type { Redirect } from '../redirect.ts';

/** Redirects the connections of this process until the returned function is called. */
export function redirect(to: Redirect): () => void;
