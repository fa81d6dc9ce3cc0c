import { createHmac } from 'node:crypto';

/** A cookie that counts as the token: a browser sends it with event streams too, to which a page cannot add headers. */
export interface SessionCookie {
  readonly name: string;
  readonly value: string;
}

/** It does not contain the token. Its name differs from that of other emulators, as cookies are for all ports of a host. */
export const sessionCookie = (token: string): SessionCookie => {
  const digest = createHmac('sha256', token).update('iothub-emulator session').digest('hex');
  return { name: `iothub-emulator-${digest.slice(0, 8)}`, value: digest.slice(8) };
};

/** For the header `Set-Cookie`; the browser forgets it when it is closed. */
export const setCookie = ({ name, value }: SessionCookie): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Strict`;

/** The value of a cookie in the header `Cookie`. */
export const readCookie = (header: string, name: string): string | undefined =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
