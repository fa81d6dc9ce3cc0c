import { ERROR_CODES, type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { TrafficEntry } from '../../../protocol/traffic.ts';
import { INJECTED } from '../faults/injector.ts';

/** Texts of the service that say nothing. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['BadRequest', 'Unauthorized']);

/** What to do, for errors whose text does not say it. */
const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  DeviceNotFound: 'create the device, or check its id: upper and lower case differ',
  ModuleNotFound: 'create the module, or check its id: upper and lower case differ',
  DeviceAlreadyExists: 'use another id, or send If-Match to change the device',
  PreconditionFailed: 'read it again for its etag, or send If-Match: *',
  DeviceNotOnline: 'let the device connect and listen to methods, or set connectTimeoutInSeconds to wait for it',
  GatewayTimeout: 'let the device answer in time, or set responseTimeoutInSeconds',
  InvalidProtocolVersion: 'add api-version=2021-04-12 to the query of the URL',
};

/** For the number of an error, such as 404001. */
export const remedyFor = (number: number): string | undefined =>
  Object.entries(REMEDIES).find(([code]) => ERROR_CODES[code as ErrorCode] === number)?.[1]; // a key of the table

/** Cause and remedy in words. */
export interface Words {
  readonly cause: string;
  readonly remedy: string;
}

/** Why a request was refused: by an error, or for a reason that is given in words. */
export const causeOf = (error: unknown): Pick<TrafficEntry, 'why' | 'remedy'> => {
  if (error === undefined) return {};
  if (isWords(error)) return { why: error.cause, remedy: error.remedy };
  if (!(error instanceof HubError)) return { why: 'an error in the emulator: see its log' };
  const { code, text, hint, remedy = REMEDIES[code] } = error;
  const said = text.includes(' ') ? text : `${code}: ${text}`;
  const isSaid = hint === undefined || !SAYS_NOTHING.has(text);
  const parts = [...(isSaid ? [said] : []), ...(hint === undefined ? [] : [hint])];
  if (hint === INJECTED) return { why: parts.join(': '), remedy: 'remove the rule of the fault to end this' };
  return { why: parts.join(': '), ...(remedy === undefined ? {} : { remedy }) };
};

export const outcomeOf = (error: unknown): 'refused' | 'fault' =>
  error instanceof HubError && error.hint === INJECTED ? 'fault' : 'refused';

const isWords = (refusal: unknown): refusal is Words =>
  typeof refusal === 'object' && refusal !== null && !(refusal instanceof Error) && 'cause' in refusal;
