import type { ErrorCode } from '../../protocol/errors.ts';
import type { FaultEffect, FaultOperation } from '../../protocol/fault.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { Feature } from '../../protocol/topics.ts';
import type { Configuration } from './configuration.ts';
import type { Identity } from './identity.ts';
import type { ImportExportJob } from './import-export-job.ts';
import type { Job } from './job.ts';
import type { CloseReason } from './sessions.ts';
import type { Twin } from './twin.ts';

/** What has happened; events of a change carry the new value. */
export type HubEvent =
  | {
      readonly type: 'identity.created' | 'identity.replaced';
      readonly key: IdentityKey;
      readonly identity: Identity;
      readonly twin: Twin;
    }
  | { readonly type: 'identity.deleted'; readonly key: IdentityKey; readonly identity: Identity; readonly twin: Twin }
  | { readonly type: 'twin.updated'; readonly key: IdentityKey; readonly patch: TwinChange; readonly twin: Twin }
  /** Other automatic configurations than before target the twin. */
  | { readonly type: 'twin.marked'; readonly key: IdentityKey; readonly twin: Twin }
  | { readonly type: 'twin.replaced'; readonly key: IdentityKey; readonly twin: Twin }
  | { readonly type: 'twin.reported'; readonly key: IdentityKey; readonly patch: JsonObject; readonly twin: Twin }
  | { readonly type: 'session.opened'; readonly key: IdentityKey; readonly protocol: string }
  | { readonly type: 'session.closed'; readonly key: IdentityKey; readonly reason: CloseReason }
  | {
      readonly type: 'session.subscribed' | 'session.unsubscribed';
      readonly key: IdentityKey;
      readonly feature: Feature;
    }
  | {
      readonly type: 'fault.injected';
      readonly key: IdentityKey;
      readonly rule: string;
      readonly operation: FaultOperation;
      readonly effect: FaultEffect;
    }
  | {
      readonly type: 'method.called';
      readonly key: IdentityKey;
      readonly requestId: string;
      readonly methodName: string;
      readonly payload: Json;
    }
  | {
      readonly type: 'method.answered';
      readonly key: IdentityKey;
      readonly requestId: string;
      readonly status: number;
      readonly payload: Json;
    }
  | { readonly type: 'method.failed'; readonly key: IdentityKey; readonly requestId: string; readonly code: ErrorCode }
  | {
      readonly type: 'configuration.created' | 'configuration.replaced' | 'configuration.deleted';
      readonly configuration: Configuration;
    }
  | { readonly type: 'job.changed'; readonly job: Job }
  /** Without what was ordered, which holds secrets. */
  | { readonly type: 'import-export.changed'; readonly jobId: string; readonly status: ImportExportJob['status'] }
  | { readonly type: 'telemetry'; readonly key: IdentityKey; readonly message: Message };

/** The part of a twin that a service wrote, as it was asked for (null deletes). */
export interface TwinChange {
  readonly tags?: JsonObject | null;
  readonly desired?: JsonObject | null;
}

/** An event as listeners get it: numbered without gaps from 1, stamped with the hub's time in ms. */
export type Published = HubEvent & { readonly sequence: number; readonly at: number };

export type Listener = (event: Published) => void;

/** One bus: listeners observe, none can change the outcome. */
export class Bus {
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  #sequence = 0;

  /** `failed` hears of a listener that throws. */
  constructor(now: () => number, failed: (error: unknown) => void) {
    this.#now = now;
    this.#failed = failed;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Returns the way to stop listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: HubEvent): void {
    this.#sequence += 1;
    if (this.#listeners.size === 0) return;
    // rooms make each event anew, so it can be stamped as it is
    const published: Published = Object.assign(event, { sequence: this.#sequence, at: this.#now() });
    for (const listener of this.#listeners) {
      try {
        listener(published);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
