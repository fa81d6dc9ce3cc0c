import type { FastifyRequest } from 'fastify';
import type { FaultEffect } from '../../../protocol/fault.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import { isObject } from '../../../protocol/json.ts';
import { faultError } from '../../hub/faults.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Answer } from '../http/answer.ts';
import { parseJson } from '../http/body.ts';
import type { Params } from '../http/table.ts';

/** An operation that is about to run. */
export interface Asked {
  readonly request: FastifyRequest;
  readonly segments: readonly string[];
  readonly params: Params;
  readonly bytes: Buffer;
}

/** How long an answer is held back for another one to overtake it, in ms. */
const OVERTAKEN_WITHIN = 1_000;
/** How far the other one is ahead then, in ms: on connections of their own a client reads them by threads of its own. */
const LEAD = 100;

/** Asks the hub what shall go wrong with each request, and lets it happen on the wire. */
export class Mishaps {
  readonly #hub: Hub;
  /** Answers that wait for another one to overtake them. */
  #held: (() => void)[] = [];

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** True while nothing goes wrong and no answer waits for another one. */
  get idle(): boolean {
    return !this.#hub.faults.active && this.#held.length === 0;
  }

  /** Runs the operation, under the effect of a fault if there is one. Throws HubError. */
  async run(asked: Asked, operate: () => Answer | Promise<Answer>): Promise<Answer> {
    const effect = this.#hub.faults.active ? this.#strike(asked) : undefined;
    if (effect !== undefined) return this.#suffer(effect, asked.request, operate);
    const answer = await operate();
    if (this.#held.length > 0) this.#release();
    return answer;
  }

  async #suffer(
    effect: FaultEffect,
    { raw: { socket } }: FastifyRequest,
    operate: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    switch (effect.type) {
      case 'error':
      case 'throttle':
        throw faultError(effect) ?? new TypeError(`${effect.type} is an answer of the hub`);
      case 'delay':
        await later(effect.ms);
        return operate();
      case 'duplicate': {
        const first = await operate();
        await Promise.resolve(operate()).catch(() => {}); // it is the first one that is waited for
        return first;
      }
      case 'reorder': {
        const answer = await operate();
        await this.#overtaken();
        return answer;
      }
      case 'disconnect': {
        const answer = await operate();
        if (effect.when === 'before') socket.destroy();
        return { ...answer, headers: { ...answer.headers, connection: 'close' } };
      }
      case 'drop': {
        const answer = await operate();
        await silence(socket);
        return answer;
      }
      case 'blackHole':
        await silence(socket);
        return GONE;
      case 'refuseCertificate':
        socket.destroy();
        return GONE;
      default:
        return effect satisfies never;
    }
  }

  #overtaken(): Promise<void> {
    return Promise.race([later(OVERTAKEN_WITHIN), new Promise<void>((done) => this.#held.push(done))]);
  }

  #release(): void {
    for (const release of this.#held.splice(0)) void later(LEAD).then(release);
  }

  #strike({ segments, params, bytes }: Asked): FaultEffect | undefined {
    const { deviceId, moduleId } = params;
    return this.#hub.faults.strike({
      operation: 'rest',
      protocol: 'rest',
      path: `/${segments.join('/')}`,
      ...(deviceId === undefined ? {} : { key: keyOf({ deviceId, moduleId }) }),
      ...(segments.at(-1)?.toLowerCase() === 'methods' ? { methodName: methodIn(bytes) } : {}),
    });
  }
}

/** Nobody gets it: the connection is gone. */
const GONE: Answer = { status: 503 };

const later = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms).unref());

/** Until the other side gives up. */
const silence = (socket: FastifyRequest['raw']['socket']): Promise<void> =>
  new Promise((done) => {
    if (socket.destroyed) done();
    else socket.once('close', () => done());
  });

const methodIn = (bytes: Buffer): string | undefined => {
  const parsed = parseJson(bytes);
  const name = 'value' in parsed && isObject(parsed.value) ? parsed.value.methodName : undefined;
  return typeof name === 'string' ? name : undefined;
};
