import { isObject, type Json } from '../../../protocol/json.ts';
import { NotConnectedError, TimeoutError, TwinRequestError } from '../../shared/errors.ts';

interface Waiting {
  readonly resolve: (body: Json | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly late: NodeJS.Timeout;
}

const RESPONSE = /^\$iothub\/twin\/res\/(\d+)\/\?\$rid=([^&]*)/;
const ANSWER_MS = 30_000;

/** The twin requests that wait for a response. */
export class TwinRequests {
  readonly #waiting = new Map<string, Waiting>();

  /** The response to `rid`; rejects with TimeoutError after 30 s. */
  expect(rid: string): Promise<Json | undefined> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(rid);
        reject(new TimeoutError('There was no response to the twin request'));
      }, ANSWER_MS);
      this.#waiting.set(rid, { resolve, reject, late });
    });
  }

  /** Settles the request that belongs to this topic; returns false if the topic is not a twin response. */
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

  /** Rejects one request, or all, with `error`. */
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

/** azure-iot-device-mqtt 1.16 only reads `errorCode` in the body; here an error status is enough. */
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
