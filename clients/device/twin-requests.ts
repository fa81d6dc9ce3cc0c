import { isObject, type Json } from '../../protocol/json.ts';
import { NotConnectedError, TimeoutError, TwinRequestError } from '../shared/errors.ts';

interface Waiting {
  readonly resolve: (body: Json | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly late: NodeJS.Timeout;
}

const RESPONSE = /^\$iothub\/twin\/res\/(\d+)\/\?\$rid=([^&]*)/;
const ANSWER_MS = 30_000;

/** The twin requests that wait for the hub's answer. */
export class TwinRequests {
  readonly #waiting = new Map<string, Waiting>();

  /** The answer to `rid`; rejects with TimeoutError after 30 s. */
  expect(rid: string): Promise<Json | undefined> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(rid);
        reject(new TimeoutError('The twin request was not answered'));
      }, ANSWER_MS);
      this.#waiting.set(rid, { resolve, reject, late });
    });
  }

  /** Settles the request that an arrived topic answers; false if it is no answer. */
  settle(topic: string, payload: Buffer): boolean {
    const [matched, status, rid] = RESPONSE.exec(topic) ?? [];
    if (matched === undefined || rid === undefined) return false;
    const waiting = this.#take(rid);
    if (!waiting) return true;
    const body = read(payload);
    const error = refusal(Number(status), body);
    if (error) waiting.reject(error);
    else waiting.resolve(body);
    return true;
  }

  /** Ends one request, or all, with `error`. */
  fail(error: Error = new NotConnectedError('Connect was lost'), rid?: string): void {
    for (const id of rid === undefined ? [...this.#waiting.keys()] : [rid]) this.#take(id)?.reject(error);
  }

  #take(rid: string): Waiting | undefined {
    const waiting = this.#waiting.get(rid);
    clearTimeout(waiting?.late);
    this.#waiting.delete(rid);
    return waiting;
  }
}

/** azure-iot-device-mqtt 1.16 reads the body's `errorCode` only; a bare status is an error here too. */
const refusal = (status: number, body: Json | undefined): Error | undefined => {
  if (isObject(body) && body.errorCode)
    return Object.assign(new Error(String(body.message)), { errorCode: body.errorCode });
  return status >= 300 ? new TwinRequestError(`The hub answered with status ${status}`) : undefined;
};

const read = (payload: Buffer): Json | undefined => {
  try {
    return payload.length === 0 ? undefined : JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
};
