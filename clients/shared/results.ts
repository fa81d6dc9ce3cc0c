// The names of azure-iot-common 1.13's `results`.

/** The result of a successful operation. */
export interface Result {
  transportObj?: unknown;
}

/** The body of an HTTP response, and the response itself. */
export interface ResultWithHttpResponse<T> {
  responseBody: T;
  httpResponse: HttpResponse;
}

/** Status and headers of an HTTP response; header names are in lower case. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The hub has accepted the message. */
export class MessageEnqueued implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message is done and was removed from the queue. */
export class MessageCompleted implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message was rejected and removed from the queue. */
export class MessageRejected implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message was returned to the queue. */
export class MessageAbandoned implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The connection is open. */
export class Connected implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The options are set. */
export class TransportConfigured implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The connection is closed; if the program did not close it, `reason` says why. */
export class Disconnected implements Result {
  transportObj?: unknown;
  reason: string;
  constructor(transportObj?: unknown, reason = '') {
    this.transportObj = transportObj;
    this.reason = reason;
  }
}

/** The new token is in use. */
export class SharedAccessSignatureUpdated {
  needToReconnect: boolean;
  constructor(needToReconnect: boolean) {
    this.needToReconnect = needToReconnect;
  }
}
