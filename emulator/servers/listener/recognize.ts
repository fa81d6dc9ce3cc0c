import type { Socket } from 'node:net';
import type { Recognition } from '../../endpoints/protocols.ts';

/** A protocol of a port, recognized by the first bytes of a connection. */
export interface Spoken<S extends string> {
  readonly server: S;
  /** `undefined` takes what no other protocol recognizes. */
  readonly recognize: ((bytes: Uint8Array) => Recognition) | undefined;
}

/**
 * Calls back once the first bytes tell what a connection speaks; with `undefined` if it is none of the protocols, and with
 * these bytes, which stay readable.
 */
export const recognize = <S extends string>(
  socket: Socket,
  protocols: readonly Spoken<S>[],
  recognized: (server: S | undefined, bytes: Uint8Array) => void,
): void => {
  let seen: Buffer | undefined;
  const peek = (): void => {
    // since Node 26 `read()` returns one buffer at a time
    for (let bytes: Buffer | null = socket.read(); bytes !== null; bytes = socket.read()) {
      seen = seen === undefined ? bytes : Buffer.concat([seen, bytes]);
      const verdict = judge(seen, protocols);
      if (verdict === undefined) continue;
      socket.off('readable', peek);
      socket.unshift(seen);
      recognized(verdict.server, seen);
      return;
    }
  };
  socket.on('readable', peek);
};

/** Undefined if more bytes are needed. */
const judge = <S extends string>(
  bytes: Buffer,
  protocols: readonly Spoken<S>[],
): { readonly server: S | undefined } | undefined => {
  let rest: S | undefined;
  let needsMore = false;
  for (const protocol of protocols) {
    const verdict = protocol.recognize?.(bytes);
    if (verdict === 'yes') return protocol;
    if (verdict === 'more') needsMore = true;
    if (verdict === undefined) rest = protocol.server;
  }
  return needsMore ? undefined : { server: rest };
};
