import type { FaultEffect, FaultOperation } from '../../../protocol/fault.ts';

/** What an app does while it meets a fault; see `app.js` and `app.py`. */
export type Act = Exclude<FaultOperation, 'handshake' | 'subscribe'> | 'rest in pairs' | 'all';

/** One fault that an app meets. */
export interface Episode {
  readonly name: string;
  readonly operation: FaultOperation;
  readonly act: Act;
  readonly effect?: FaultEffect;
  /** Properties of the message by which the SDKs' own tests request a fault. */
  readonly properties?: Readonly<Record<string, string>>;
  /** True if the fault can hit any device. */
  readonly isAlone?: boolean;
}

const on = (operation: Exclude<Act, 'rest in pairs' | 'all'>, name: string, effect: FaultEffect): Episode => ({
  name,
  operation,
  act: operation,
  effect,
});

const asked = (type: string, { act = 'telemetry', seconds = 2 }: { act?: Act; seconds?: number } = {}): Episode => ({
  name: `the message \`${type}\``,
  operation: 'telemetry',
  act,
  properties: {
    AzIoTHub_FaultOperationType: type,
    AzIoTHub_FaultOperationCloseReason: 'byebye',
    AzIoTHub_FaultOperationDelayInSecs: '1',
    ...(seconds === 0 ? {} : { AzIoTHub_FaultOperationDurationInSecs: `${seconds}` }),
  },
});

const unavailable: FaultEffect = { type: 'error', code: 'ServiceUnavailable' };
const late: FaultEffect = { type: 'delay', ms: 1_000 };
const before: FaultEffect = { type: 'disconnect', when: 'before' };
const after: FaultEffect = { type: 'disconnect', when: 'after' };
const refused: FaultEffect = { type: 'refuseCertificate' };

/** Each effect, on the operations for which it differs. */
export const EPISODES: readonly Episode[] = [
  on('connect', 'error 503', unavailable),
  on('connect', 'error 401', { type: 'error', code: 'IotHubUnauthorizedAccess' }),
  on('twin.get', 'error 503', unavailable),
  on('twin.report', 'error 503', unavailable),
  on('method', 'error 503', unavailable),
  on('rest', 'error 503', unavailable),
  on('rest', 'error 404', { type: 'error', code: 'DeviceNotFound' }),
  on('connect', 'throttle', { type: 'throttle' }),
  on('telemetry', 'throttle', { type: 'throttle' }),
  on('twin.report', 'throttle', { type: 'throttle' }),
  on('rest', 'throttle', { type: 'throttle' }),
  on('connect', 'delay', late),
  on('telemetry', 'delay', late),
  on('twin.get', 'delay', late),
  on('method', 'delay', late),
  on('rest', 'delay', late),
  on('telemetry', 'drop', { type: 'drop' }),
  on('twin.report', 'drop', { type: 'drop' }),
  on('twin.desired', 'drop', { type: 'drop' }),
  on('method', 'drop', { type: 'drop' }),
  on('rest', 'drop', { type: 'drop' }),
  on('telemetry', 'duplicate', { type: 'duplicate' }),
  on('twin.get', 'duplicate', { type: 'duplicate' }),
  on('twin.desired', 'duplicate', { type: 'duplicate' }),
  on('method', 'duplicate', { type: 'duplicate' }),
  on('rest', 'duplicate', { type: 'duplicate' }),
  on('twin.desired', 'reorder', { type: 'reorder' }),
  { ...on('rest', 'reorder', { type: 'reorder' }), act: 'rest in pairs', isAlone: true },
  on('connect', 'disconnect before', before),
  on('telemetry', 'disconnect before', before),
  on('twin.get', 'disconnect before', before),
  on('rest', 'disconnect before', before),
  on('telemetry', 'disconnect after', after),
  on('rest', 'disconnect after', after),
  on('telemetry', 'black hole', { type: 'blackHole' }),
  on('twin.desired', 'black hole', { type: 'blackHole' }),
  on('rest', 'black hole', { type: 'blackHole' }),
  on('connect', 'refused certificate', refused),
  { name: 'refused certificate', operation: 'handshake', act: 'connect', effect: refused, isAlone: true },
  { name: 'refused certificate', operation: 'handshake', act: 'rest', effect: refused, isAlone: true },
  asked('KillTcp'),
  asked('ShutDownMqtt'),
];

const subscribed = (name: string, effect: FaultEffect): Episode => ({
  name,
  operation: 'subscribe',
  act: 'telemetry',
  effect,
});

/** Each effect over AMQP, and each fault message. */
export const AMQP_EPISODES: readonly Episode[] = [
  on('connect', 'error 503', unavailable),
  on('connect', 'error 401', { type: 'error', code: 'IotHubUnauthorizedAccess' }),
  subscribed('error 503', unavailable),
  on('telemetry', 'error 503', unavailable),
  on('twin.get', 'error 503', unavailable),
  on('method', 'error 503', unavailable),
  on('c2d.send', 'error 503', unavailable),
  on('connect', 'throttle', { type: 'throttle' }),
  on('telemetry', 'throttle', { type: 'throttle' }),
  on('twin.report', 'throttle', { type: 'throttle' }),
  on('c2d.send', 'throttle', { type: 'throttle' }),
  on('connect', 'delay', late),
  subscribed('delay', late),
  on('telemetry', 'delay', late),
  on('twin.get', 'delay', late),
  on('method', 'delay', late),
  on('c2d.send', 'delay', late),
  on('telemetry', 'drop', { type: 'drop' }),
  on('twin.report', 'drop', { type: 'drop' }),
  on('twin.desired', 'drop', { type: 'drop' }),
  on('method', 'drop', { type: 'drop' }),
  on('telemetry', 'duplicate', { type: 'duplicate' }),
  on('twin.get', 'duplicate', { type: 'duplicate' }),
  on('twin.desired', 'duplicate', { type: 'duplicate' }),
  on('method', 'duplicate', { type: 'duplicate' }),
  on('c2d.send', 'duplicate', { type: 'duplicate' }),
  on('twin.desired', 'reorder', { type: 'reorder' }),
  on('connect', 'disconnect before', before),
  subscribed('disconnect before', before),
  on('telemetry', 'disconnect before', before),
  on('twin.get', 'disconnect before', before),
  on('telemetry', 'disconnect after', after),
  on('telemetry', 'black hole', { type: 'blackHole' }),
  ...[
    'KillTcp',
    'ShutDownAmqp',
    'KillAmqpConnection',
    'KillAmqpSession',
    'KillAmqpCBSLinkReq',
    'KillAmqpCBSLinkResp',
    'KillAmqpD2CLink',
    'KillAmqpC2DLink',
    'KillAmqpMethodReqLink',
    'KillAmqpMethodRespLink',
    'KillAmqpTwinLinkReq',
    'KillAmqpTwinLinkResp',
  ].map((type) => asked(type, { act: 'all', seconds: 0 })), // as the SDK's own tests ask
  ...['InvokeThrottling', 'InvokeMaxMessageQuota', 'InvokeAuthError'].map((type) =>
    asked(type, { act: 'all', seconds: 5 }),
  ),
];
