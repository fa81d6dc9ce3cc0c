import { type ErrorCallback, settle } from '../shared/callback.ts';

/** Sends responses; `DeviceTransport` is one. */
export interface ResponseSender {
  sendMethodResponse(response: DeviceMethodResponse): Promise<void>;
}

/** A call of a direct method, with its argument parsed. */
export class DeviceMethodRequest {
  requestId: string;
  methodName: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, as in azure-iot-device
  payload: any;

  /** Throws SyntaxError if `body` is not JSON. */
  constructor(requestId: string, methodName: string, body?: Buffer | string) {
    checkText({ requestId, methodName });
    this.requestId = requestId;
    this.methodName = methodName;
    if (body && body.length > 0) this.payload = JSON.parse(body.toString());
  }
}

/** The response to a call of a direct method; it can be sent once. */
export class DeviceMethodResponse {
  requestId: string;
  isResponseComplete = false;
  status = 0;
  payload: unknown = null;
  readonly #sender: ResponseSender;

  constructor(requestId: string, transport: ResponseSender) {
    checkText({ requestId });
    if (!transport) throw new ReferenceError(`transport is '${transport}'`);
    this.requestId = requestId;
    this.#sender = transport;
  }

  /** Throws an Error if it was sent before, ReferenceError if the status is not a number. */
  send(status: number, payload: unknown, done: ErrorCallback): void;
  send(status: number, done: ErrorCallback): void;
  send(status: number, payload?: unknown): Promise<void>;
  send(status: number, second?: unknown, third?: ErrorCallback) {
    const [payload, done] = isCallback(second) ? [null, second] : [second, third];
    if (isCallback(second) && third) throw new Error('Callback must be the last argument');
    return settle(() => {
      if (this.isResponseComplete)
        throw new Error('This response has already ended. Cannot end the same response more than once.');
      if (typeof status !== 'number') throw new ReferenceError(`"status" is "${status}". Expected a number.`);
      this.status = status;
      this.payload = payload;
      this.isResponseComplete = true;
      return this.#sender.sendMethodResponse(this);
    }, done);
  }
}

const isCallback = (value: unknown): value is ErrorCallback => typeof value === 'function';

const checkText = (named: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(named)) {
    if (value === '') throw new Error(`${name} must not be an empty string`);
    if (typeof value !== 'string') throw new ReferenceError(`${name} must be a string`);
  }
};
