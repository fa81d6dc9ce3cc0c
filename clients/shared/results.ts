// The names of azure-iot-common 1.13's `results`.

/** What an operation that succeeded hands back. */
export interface Result {
  transportObj?: unknown;
}

/** The body of an HTTP answer and the answer itself. */
export interface ResultWithHttpResponse<T> {
  responseBody: T;
  httpResponse: HttpResponse;
}

/** Status and headers of an HTTP answer; header names are in lower case. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The hub has the message. */
export class MessageEnqueued implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message left the queue as done. */
export class MessageCompleted implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message left the queue as refused. */
export class MessageRejected implements Result {
  transportObj?: unknown;
  constructor(transportObj?: unknown) {
    this.transportObj = transportObj;
  }
}

/** The message went back into the queue. */
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

/** The connection is closed: `reason` says why, if nobody asked for it. */
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
