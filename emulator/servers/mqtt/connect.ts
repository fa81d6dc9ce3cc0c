import { type IdentityKey, isId } from '../../../protocol/identity-key.ts';

/** Whom a CONNECT speaks for. */
export interface Caller {
  readonly key: IdentityKey;
  /** A digital twin model id, if the device announces one. */
  readonly modelId: string | undefined;
}

/** MQTT 3.1.1 §3.2.2.3: 2 identifier rejected, 3 server unavailable, 4 bad user name, 5 not authorised. */
export type ReturnCode = 2 | 3 | 4 | 5;

/** A CONNECT that is refused before anybody looks at its password. */
export interface Misfit {
  readonly returnCode: ReturnCode;
  readonly cause: string;
  readonly remedy: string;
}

/**
 * Reads `{host}/{deviceId}[/{moduleId}][/][?query]`, where the ids must be the client id; `…/api-version=…` without a
 * question mark is a query too. Any host is taken: behind a gateway name it is not the one that was dialled.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#use-the-mqtt-protocol-directly-as-a-device
 */
export const readCaller = (clientId: string, username: string | undefined): Caller | Misfit => {
  const ids = clientId.split('/');
  if (ids.length > 2 || !ids.every(isId))
    return misfit(
      2,
      'the client id is neither a device id nor {deviceId}/{moduleId}',
      'use the device id as client id',
    );
  const slash = username?.indexOf('/') ?? -1;
  if (username === undefined || slash < 1)
    return misfit(
      4,
      'the user name does not begin with {host}/{deviceId}',
      `use {host}/${clientId}/?api-version=2021-04-12`,
    );
  const tail = username.slice(slash + 1);
  // compared as a whole: ids may hold a question mark
  const query = tail.startsWith(clientId) ? queryOf(tail.slice(clientId.length)) : undefined;
  if (query === undefined)
    return misfit(2, 'the client id and the user name name different devices or modules', 'name the same in both');
  return { key: clientId, modelId: parameter(query, 'model-id') };
};

/**
 * The keep-alive that the broker shall use, in seconds: it waits 1.5 times as long, and never longer than 1767 s.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#default-keep-alive-timeout
 */
export const keepAliveOf = (asked: number | undefined): number => (asked ? Math.min(asked, LONGEST) : LONGEST);

const LONGEST = 1767 / 1.5;

const queryOf = (rest: string): string | undefined => {
  const text = rest.startsWith('/') ? rest.slice(1) : rest;
  if (text === '') return '';
  if (text.startsWith('?')) return text.slice(1);
  return rest.startsWith('/') && /^[A-Za-z-]+=/.test(text) ? text : undefined;
};

const parameter = (query: string, name: string): string | undefined => {
  const prefix = `${name}=`;
  const pair = query.split('&').find((text) => text.startsWith(prefix));
  if (pair === undefined) return undefined;
  try {
    return decodeURIComponent(pair.slice(prefix.length)) || undefined;
  } catch {
    return pair.slice(prefix.length);
  }
};

const misfit = (returnCode: ReturnCode, cause: string, remedy: string): Misfit => ({ returnCode, cause, remedy });
