import { HubError } from '../../../protocol/errors.ts';
import type { FaultEffect } from '../../../protocol/fault.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Operation } from '../../hub/operation.ts';
import { TierGate } from './tier-gate.ts';

/**
 * What becomes of the answer to an operation that happens: `sent` as usual; `last`: sent, then the connection ends; `cut`:
 * the connection ends instead; `lost`: nothing is sent; `twice`; `overtaken`: sent after the next answer.
 */
export type AnswerMode = 'sent' | 'last' | 'cut' | 'lost' | 'twice' | 'overtaken';

/** One operation that a fault may change. Each server implements it for its own wire. */
export interface Exchange {
  /** False once the client has gone: then a delayed operation does not happen. */
  isOpen(): boolean;
  /** Lets the operation happen. */
  run(mode: AnswerMode): void;
  /** Answers with an error instead; the operation does not happen. */
  refuse(error: HubError): void;
  /** Ends the connection; the operation does not happen. */
  cut(): void;
  /** Neither reads nor writes from now on, and keeps the connection open. */
  mute(): void;
}

type HubParts = Pick<Hub, 'before' | 'faults' | 'tiers' | 'clock'>;

/** How long an answer is held back for another one to overtake it, in ms. */
export const OVERTAKEN_WITHIN = 1_000;

/**
 * Asks the hub what its tier allows, and which fault strikes an operation, and applies it. The only place that knows what
 * an effect does.
 */
export class FaultInjector {
  readonly #hub: HubParts;
  readonly #gate: TierGate;

  constructor(hub: HubParts) {
    this.#hub = hub;
    this.#gate = new TierGate(hub);
  }

  /** False while there are neither rules nor a tier. Then `run` need not be called. */
  get isActive(): boolean {
    return this.#hub.faults.active || this.#gate.isActive;
  }

  /** Runs `exchange` when the tier allows it, under the effect of the fault that strikes, if one does. */
  run(operation: Operation, exchange: Exchange): void {
    const { type, route = type, protocol, key, bytes } = operation;
    this.#gate.pass(
      { operation: route, protocol, key, bytes },
      {
        isOpen: () => exchange.isOpen(),
        run: () => this.#strike(operation, exchange),
        refuse: (error) => exchange.refuse(error),
      },
    );
  }

  #strike(operation: Operation, exchange: Exchange): void {
    const effect = this.#hub.before(operation);
    if (effect === undefined) exchange.run('sent');
    else apply(effect, exchange);
  }
}

const apply = (effect: FaultEffect, exchange: Exchange): void => {
  switch (effect.type) {
    case 'error':
    case 'throttle':
      exchange.refuse(errorOf(effect));
      break;
    case 'delay':
      setTimeout(() => exchange.isOpen() && exchange.run('sent'), effect.ms).unref();
      break;
    case 'drop':
      exchange.run('lost');
      break;
    case 'duplicate':
      exchange.run('twice');
      break;
    case 'reorder':
      exchange.run('overtaken');
      break;
    case 'disconnect':
      exchange.run(effect.when === 'before' ? 'cut' : 'last');
      break;
    case 'blackHole':
      exchange.mute();
      break;
    case 'refuseCertificate':
      exchange.cut();
      break;
    default:
      effect satisfies never;
  }
};

const errorOf = (effect: Extract<FaultEffect, { type: 'error' | 'throttle' }>): HubError =>
  effect.type === 'error'
    ? new HubError(effect.code, effect.message ?? effect.code, { hint: INJECTED, status: effect.status })
    : new HubError('ThrottlingBacklogTimeout', THROTTLED, { hint: INJECTED });

/** The hint of an error that is a fault. */
export const INJECTED = 'injected fault';
const THROTTLED = 'The request has been throttled. Wait 10 seconds and try again.';
