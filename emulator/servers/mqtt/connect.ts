import { type IdentityKey, isId } from '../../../protocol/identity-key.ts';
import type { ReturnCode } from './broker/application.ts';

/** The device or module that a CONNECT names. */
export interface Caller {
  readonly key: IdentityKey;
  /** A digital twin model id, if the device sends one. */
  readonly modelId: string | undefined;
  /** False if the user name has no api-version, or one from before there were twins and methods. */
  readonly hasTwins: boolean;
}

/** Why a CONNECT is refused before its password is verified. */
export interface ConnectRefusal {
  readonly returnCode: ReturnCode;
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

/**
 * Reads the user name `{host}/{deviceId}[/{moduleId}][/][?query]`, whose ids must be the client id; `…/api-version=…` without
 * a question mark is a query too. Any host is accepted: behind a gateway it is not the name to which the client connected.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#use-the-mqtt-protocol-directly-as-a-device
 */
export const readCaller = (clientId: string, username: string | undefined): Caller | ConnectRefusal => {
  const ids = clientId.split('/');
  if (ids.length > 2 || !ids.every((id) => isId(id)))
    return refusal(2, {
      code: 'wrong-client-id',
      cause: 'the client id is neither a device id nor {deviceId}/{moduleId}',
      remedy: 'use the device id as client id',
    });
  const slash = username?.indexOf('/') ?? -1;
  if (username === undefined || slash < 1)
    return refusal(4, {
      code: 'wrong-user-name',
      cause: 'the user name does not begin with {host}/{deviceId}',
      remedy: `use {host}/${clientId}/?api-version=2021-04-12`,
    });
  const tail = username.slice(slash + 1);
  // compared as a whole: ids may contain a question mark
  const query = tail.startsWith(clientId) ? queryOf(tail.slice(clientId.length)) : undefined;
  if (query === undefined)
    return refusal(2, {
      code: 'different-names',
      cause: 'the client id and the user name name different devices or modules',
      remedy: 'name the same in both',
    });
  const hasTwins = (parameter(query, 'api-version') ?? '') >= FIRST_WITH_TWINS;
  return { key: clientId, modelId: parameter(query, 'model-id'), hasTwins };
};

/**
 * Longest keep-alive in seconds. The hub drops a client after 1.5 times of it, which is then 1767 s.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#default-keep-alive-timeout
 */
export const LONGEST_KEEP_ALIVE = 1767 / 1.5;

/** https://github.com/MicrosoftDocs/azure-docs/issues/16306, https://github.com/andriyadi/AzureIoTHubMQTTClient/pull/5 */
const FIRST_WITH_TWINS = '2016-11-14';

export const WITHOUT_TWINS = {
  cause: `the user name has no api-version, or one before ${FIRST_WITH_TWINS}: twins and direct methods do not work`,
  remedy: 'end the user name with /?api-version=2021-04-12',
};

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

const refusal = (returnCode: ReturnCode, why: Omit<ConnectRefusal, 'returnCode'>): ConnectRefusal => ({
  returnCode,
  ...why,
});
