import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../../endpoints/addresses.ts';
import { readCookie, sessionCookie } from './session.ts';

export interface GuardOptions {
  /** Required as `Authorization: Bearer …` or as the cookie of a session, if there is one. */
  readonly token: string | undefined;
  /** Host names by which this server may be called, besides those of loopback. */
  readonly hosts: readonly string[];
}

/** Why a request is refused. */
export interface Rejection {
  readonly status: 401 | 403;
  readonly text: string;
}

export type Guard = (headers: IncomingHttpHeaders, open: boolean) => Rejection | undefined;

/**
 * Refuses requests from web pages of others. A page whose host name was made to resolve to this machine (DNS rebinding) has
 * that name in `Host`; every other page is in `Origin`, or in `Sec-Fetch-Site` if it fetches an image or follows a link. With
 * the token any host name is allowed. `open` operations need no token, and links of other pages may lead to them.
 */
export const createGuard = ({ token, hosts }: GuardOptions): Guard => {
  const known = token === undefined ? [] : encodingsOf(`Bearer ${token}`);
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const isOurs = (host: string): boolean => {
    const name = hostName(host);
    return isLoopback(name) || name.endsWith('.localhost') || names.has(name);
  };
  const session = token === undefined ? undefined : sessionCookie(token);
  const isKnown = ({ authorization = '', cookie = '' }: IncomingHttpHeaders): boolean => {
    const given = Buffer.from(authorization, 'latin1');
    if (known.some((bytes) => areSame(given, bytes))) return true;
    return session !== undefined && sameText(readCookie(cookie, session.name) ?? '', session.value);
  };
  return (headers, open) => {
    const { host = '', origin } = headers;
    const knowsToken = isKnown(headers);
    if (!knowsToken && !isOurs(host)) return { status: 403, text: `${host} is not a name of this machine.` };
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
      return { status: 403, text: `Pages of ${origin} may not call the admin API.` };
    if (!open && ELSEWHERE.has(String(headers['sec-fetch-site'])))
      return { status: 403, text: 'Pages of others may not call the admin API.' };
    if (token !== undefined && !knowsToken && !open)
      return { status: 401, text: headers.authorization === undefined ? MISSING_TOKEN : WRONG_TOKEN };
    return undefined;
  };
};

/** https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header; other ports of this machine are the same site. */
const ELSEWHERE: ReadonlySet<string> = new Set(['cross-site', 'same-site']);

const MISSING_TOKEN = 'The admin API requires its token: Authorization: Bearer <token>';
const WRONG_TOKEN = 'The token is not the one with which the emulator was started (--admin-token).';

const hostName = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');

/** Node reads headers byte by byte. Most clients send UTF-8; `fetch` sends Latin-1 and nothing beyond it. */
const encodingsOf = (text: string): readonly Buffer[] => {
  const narrow = Buffer.from(text, 'latin1');
  return narrow.toString('latin1') === text ? [Buffer.from(text), narrow] : [Buffer.from(text)];
};

/** Takes the same time wherever the texts differ. */
export const sameText = (a: string, b: string): boolean => areSame(Buffer.from(a), Buffer.from(b));

/** Takes the same time wherever the bytes differ. */
const areSame = (a: Buffer, b: Buffer): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
