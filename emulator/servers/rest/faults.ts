import type { Socket } from 'node:net';
import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import { isObject } from '../../../protocol/json.ts';
import type { Operation } from '../../hub/operation.ts';
import { textIn } from '../../kernel/json-members.ts';
import { type AnswerMode, type Exchange, type FaultInjector, OVERTAKEN_WITHIN } from '../faults/injector.ts';
import type { Answer } from '../http/response.ts';
import type { Params } from '../http/route-table.ts';
import { json } from './route.ts';

/** An operation that is about to run. */
export interface RestOperation {
  readonly socket: Socket;
  /** Its row in the table, such as `GET /twins/:deviceId`. */
  readonly route: string;
  readonly segments: readonly string[];
  readonly params: Params;
  readonly bytes: Buffer;
  run(): Answer | Promise<Answer>;
}

/** Delay of the overtaken answer, ms: large enough that a client with one thread per connection sees the order. */
const OVERTAKEN_BY = 100;

/** Runs operations under the effect of faults. */
export class RestFaults {
  readonly #injector: FaultInjector;
  /** Answers that wait for another one to overtake them. */
  #held: (() => void)[] = [];

  constructor(injector: FaultInjector) {
    this.#injector = injector;
  }

  /** True while there are no faults and no answer waits for another one. Then `run` need not be called. */
  get isIdle(): boolean {
    return !this.#injector.isActive && this.#held.length === 0;
  }

  /** The answer of the operation, under the effect of a fault if one strikes. Throws HubError. */
  run(operation: RestOperation): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { socket } = operation;
      const exchange: Exchange = {
        isOpen: () => true, // a delayed operation happens even if its client has left
        run: (mode) => resolve(this.#answer(operation, mode)),
        refuse: reject,
        cut: () => {
          socket.destroy();
          resolve(UNSEEN);
        },
        mute: () => resolve(untilClosed(socket).then(() => UNSEEN)),
      };
      this.#injector.run(operationOf(operation), exchange);
    });
  }

  async #answer(operation: RestOperation, mode: AnswerMode): Promise<Answer> {
    const { socket } = operation;
    switch (mode) {
      case 'sent':
        return this.#send(operation);
      case 'last': {
        const answer = await this.#send(operation);
        return { ...answer, headers: { ...answer.headers, connection: 'close' } };
      }
      case 'cut':
        await settled(operation);
        socket.destroy();
        return UNSEEN;
      case 'lost':
        await settled(operation);
        await untilClosed(socket);
        return UNSEEN;
      case 'twice': {
        const answer = await operation.run();
        await settled(operation);
        return answer;
      }
      case 'overtaken': {
        const answer = await operation.run();
        await Promise.race([later(OVERTAKEN_WITHIN), new Promise<void>((done) => this.#held.push(done))]);
        return answer;
      }
    }
  }

  /** Releases the answers that waited for this one. */
  async #send(operation: RestOperation): Promise<Answer> {
    const answer = await operation.run();
    for (const release of this.#held.splice(0)) void later(OVERTAKEN_BY).then(release);
    return answer;
  }
}

/** Is not sent: the connection is closed. */
const UNSEEN: Answer = { status: 503 };

const later = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms).unref());

/** Runs an operation whose outcome the client does not see, even if it is an error. */
const settled = async (operation: RestOperation): Promise<void> => {
  try {
    await operation.run();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
  }
};

const untilClosed = (socket: Socket): Promise<void> =>
  new Promise((done) => {
    if (socket.destroyed) done();
    else socket.once('close', () => done());
  });

const operationOf = ({ route, segments, params, bytes }: RestOperation): Operation => {
  const { deviceId, moduleId } = params;
  return {
    type: 'rest',
    protocol: 'rest',
    path: `/${segments.join('/')}`,
    route,
    bytes: bytes.length,
    ...(deviceId === undefined ? {} : { key: keyOf({ deviceId, moduleId }) }),
    ...(segments.at(-1)?.toLowerCase() === 'methods' ? { methodName: methodIn(bytes) } : {}),
  };
};

const methodIn = (bytes: Buffer): string | undefined => {
  try {
    const body = json(bytes);
    return isObject(body) ? textIn(body, 'methodName') : undefined;
  } catch {
    return undefined; // the operation itself refuses it
  }
};
