import type { FaultEffect, FaultOperation } from '../../../protocol/fault.ts';

/** A link of AMQP: who sends on it, and how its address ends. */
export interface SeveredLink {
  readonly from: 'device' | 'hub';
  readonly address: string;
}

/**
 * What ends: `tcp` without a word; `connection` with an error, `shutdown` without one, as far as the protocol has them; an
 * AMQP session; an AMQP link.
 */
export type Severed = 'tcp' | 'connection' | 'shutdown' | 'session' | SeveredLink;

/** What a type of fault does. */
export interface FaultRow {
  /** What ends when the fault begins; undefined if nothing does. */
  readonly severs?: Severed;
  /** What is refused to the device while the fault lasts. */
  readonly rules: readonly {
    readonly operation?: FaultOperation;
    readonly path?: string;
    readonly effect: FaultEffect;
  }[];
}

const cut: FaultEffect = { type: 'disconnect', when: 'before' };
const unavailable: FaultEffect = { type: 'error', code: 'ServiceUnavailable' };

/** The connection ends, and the device cannot connect. */
const away = (severs: Severed, operation?: FaultOperation): FaultRow => ({
  severs,
  rules: [{ ...(operation === undefined ? {} : { operation }), effect: cut }],
});

/** A link ends, and cannot be attached. */
const link = (from: SeveredLink['from'], address: string): FaultRow => ({
  severs: { from, address },
  rules: [{ operation: 'subscribe', path: `*/${address}`, effect: unavailable }],
});

/** SDKs take a token that is refused as final, so none is refused. */
const tokenLink = (from: SeveredLink['from']): FaultRow => ({ severs: { from, address: '$cbs' }, rules: [] });

/** Nothing ends, but what the device sends is refused. */
const refused = (effect: FaultEffect, operations: readonly FaultOperation[]): FaultRow => ({
  rules: operations.map((operation) => ({ operation, effect })),
});

const REQUESTS: readonly FaultOperation[] = ['telemetry', 'twin.get', 'twin.report'];

const MQTT: Readonly<Record<string, FaultRow>> = {
  KillTcp: away('tcp'),
  ShutDownMqtt: away('shutdown'),
};

/** UNCERTAIN: what the service refuses while a fault lasts; the tests only expect that devices recover afterwards. */
const AMQP: Readonly<Record<string, FaultRow>> = {
  KillTcp: away('tcp', 'connect'),
  ShutDownAmqp: away('shutdown', 'connect'),
  KillAmqpConnection: away('connection', 'connect'),
  KillAmqpSession: { severs: 'session', rules: [{ operation: 'subscribe', effect: unavailable }] },
  KillAmqpCBSLinkReq: tokenLink('device'),
  KillAmqpCBSLinkResp: tokenLink('hub'),
  KillAmqpD2CLink: link('device', 'messages/events'),
  KillAmqpC2DLink: link('hub', 'messages/devicebound'),
  KillAmqpMethodReqLink: link('hub', 'methods/devicebound'),
  KillAmqpMethodRespLink: link('device', 'methods/devicebound'),
  KillAmqpTwinLinkReq: link('device', 'twin'),
  KillAmqpTwinLinkResp: link('hub', 'twin'),
  InvokeThrottling: refused({ type: 'error', code: 'ThrottlingException' }, REQUESTS),
  // `amqp:resource-limit-exceeded` on AMQP, as the tests expect, unlike IotHubQuotaExceeded
  InvokeMaxMessageQuota: refused({ type: 'error', code: 'DeviceMaximumQueueDepthExceeded' }, ['telemetry']),
  InvokeAuthError: refused({ type: 'error', code: 'IotHubUnauthorizedAccess' }, REQUESTS),
};

/** The row of a type; undefined for one that is unknown, or for another protocol. */
export const faultRow = (type: string, protocol: string): FaultRow | undefined => {
  const rows = protocol.startsWith('amqp') ? AMQP : MQTT;
  return Object.hasOwn(rows, type) ? rows[type] : undefined;
};
