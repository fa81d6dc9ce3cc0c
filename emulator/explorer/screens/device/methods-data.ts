import type { Json } from '../../../../protocol/json.ts';
import type { HubEvent } from '../../api/types.ts';

/** One call of a method, as events tell it. */
export interface Call {
  readonly requestId: string;
  readonly methodName: string;
  readonly payload: Json;
  readonly at: string;
  readonly outcome: 'waiting' | 'answered' | 'failed';
  readonly status?: number;
  readonly answer?: Json;
  readonly code?: string;
  readonly ms?: number;
}

/** The calls of one device, newest first. */
export const callsOf = (events: readonly HubEvent[], key: string): readonly Call[] => {
  const calls = new Map<string, Call>();
  for (const event of events) {
    if (event.key !== key || !event.type.startsWith('method.')) continue;
    const requestId = String(event.requestId);
    const known = calls.get(requestId);
    if (event.type === 'method.called') calls.set(requestId, called(event));
    else if (known !== undefined) calls.set(requestId, ended(known, event));
  }
  return [...calls.values()].reverse();
};

const called = (event: HubEvent): Call => ({
  requestId: String(event.requestId),
  methodName: String(event.methodName),
  payload: (event.payload ?? null) as Json, // events are JSON
  at: event.time,
  outcome: 'waiting',
});

const ended = (call: Call, event: HubEvent): Call => ({
  ...call,
  ms: Date.parse(event.time) - Date.parse(call.at),
  ...(event.type === 'method.answered'
    ? { outcome: 'answered', status: Number(event.status), answer: (event.payload ?? null) as Json } // as above
    : { outcome: 'failed', code: String(event.code) }),
});

/** Why a call failed, and what to do. */
export const explain = (code: string, isConnected: boolean): string =>
  EXPLANATIONS[code] ?? (isConnected ? code : `${code}: the device is not connected.`);

const EXPLANATIONS: Readonly<Record<string, string>> = {
  DeviceNotOnline:
    'The device is not connected, or does not listen to methods. Start it, or give a connection timeout to wait for it.',
  GatewayTimeout:
    'The device did not answer in time. Its handler may be slow, missing for this name, or a fault may hold the answer back; give a longer response timeout.',
  ThrottlingBacklogTimeout:
    'The hub refused the call as too many. Wait ten seconds, or remove the fault that throttles.',
};
