import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GuardOptions {
  /** Demanded as `Authorization: Bearer …`, if there is one. */
  readonly token: string | undefined;
  /** Host names by which this server may be called besides those of this machine. */
  readonly hosts: readonly string[];
}

/** Why a request is not let in. */
export interface Rejection {
  readonly status: 401 | 403;
  readonly text: string;
}

export type Guard = (headers: IncomingHttpHeaders, open: boolean) => Rejection | undefined;

/**
 * Keeps web pages of others out: a page that had its own name resolved to this machine shows that name as Host, and any
 * foreign page shows itself as Origin. Whoever knows the token may call by any name. `open` operations need no token.
 */
export const createGuard = ({ token, hosts }: GuardOptions): Guard => {
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const isOurs = (host: string): boolean => {
    const name = hostName(host);
    return LOOPBACK.has(name) || name.endsWith('.localhost') || names.has(name);
  };
  return ({ host = '', origin, authorization }, open) => {
    const knowsToken = token !== undefined && sameText(authorization ?? '', `Bearer ${token}`);
    if (!knowsToken && !isOurs(host)) return { status: 403, text: `Not called by a name of this machine: ${host}` };
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
      return { status: 403, text: `Pages of ${origin} may not call this server.` };
    if (token !== undefined && !knowsToken && !open)
      return { status: 401, text: 'The token of the admin server is needed: Authorization: Bearer <token>' };
    return undefined;
  };
};

/** True if `host` is reached from this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host) || /^127(?:\.\d{1,3}){3}$/.test(host);

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

const hostName = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');

/** Takes the same time wherever they differ. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
