import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import type { JsonText } from '../../kernel/json-text.ts';

/** What the hub can send to a connected device or module. A server announces which of them it can deliver. */
export const CAPABILITIES = ['desired', 'methods', 'c2d', 'inputs'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Why a session ended. */
export type CloseReason =
  | 'client'
  | 'lost'
  | 'replaced'
  | 'deleted'
  | 'disabled'
  | 'expired'
  | 'requested'
  | 'protocol'
  | 'shutdown';

/** What the hub sends to a device or module. */
export type Downlink =
  | { readonly type: 'desired'; readonly patch: JsonObject; readonly version: number }
  | { readonly type: 'method'; readonly requestId: string; readonly methodName: string; readonly payload: JsonText }
  | {
      readonly type: 'c2d';
      /** Identifies this delivery when the server settles it: as completed, rejected or abandoned. */
      readonly lockToken: string;
      /** Number of the message in the queue of the device. */
      readonly sequenceNumber: number;
      /** How often it was abandoned. */
      readonly deliveryCount: number;
      /** True if it was delivered before, to this session or another one. */
      readonly isRedelivered: boolean;
      readonly message: Message;
    }
  | { readonly type: 'input'; readonly input: string; readonly message: Message };

/**
 * Port: the session of one connected identity, implemented by each server. A session is not a connection: with AMQP,
 * sessions of many identities share one, and closing a session leaves the others open.
 */
export interface Session {
  readonly key: IdentityKey;
  readonly protocol: string;
  deliver(message: Downlink): void;
  /**
   * How many messages from the cloud it takes now; a session without it takes all at once. When the number has grown, call
   * `hub.inbox.pull`.
   */
  credit?(): number;
  /** Bytes that have not reached the operating system yet. */
  readonly waiting?: number;
  /** Ends the session, which the hub has removed already. */
  close(reason: CloseReason): void;
}

/** What an identity listens to, and what its server keeps for it. Plain data. */
export interface Listening {
  /** What the server needs to deliver each capability, such as the quality of service that MQTT granted. */
  readonly capabilities: { readonly [C in Capability]?: Json };
  /** Other data that the server needs when the session is resumed, by names of its own. */
  readonly notes: JsonObject;
}

export const LISTENS_TO_NOTHING: Listening = { capabilities: {}, notes: {} };
