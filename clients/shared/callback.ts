import type { HttpResponse, ResultWithHttpResponse } from './results.ts';

/** Called once, with an error or a result. */
export type Callback<T> = (error?: Error, result?: T) => void;
export type ErrorCallback = (error?: Error) => void;
export type NoErrorCallback<T> = (result?: T) => void;
export type TripleValueCallback<A, B> = (error?: Error, result1?: A, result2?: B) => void;
export type HttpResponseCallback<T> = TripleValueCallback<T, HttpResponse>;

/** A result and the HTTP answer that brought it. */
export interface ResultWithIncomingMessage<T> {
  result: T;
  message: HttpResponse;
}
export type IncomingMessageCallback<T> = TripleValueCallback<T, HttpResponse>;

/**
 * Starts an operation whose outcome goes to `done`, or to the returned promise when there is none.
 * What `start` throws at once is thrown to callers with a callback and rejected to the others, as azure-iot-common does.
 */
export const settle = <T>(start: () => Promise<T>, done: Callback<T> | undefined): Promise<T> | undefined =>
  settleAs(start, (result) => [result], done);

/** The same for operations that call back with body and HTTP answer. */
export const settleHttp = <T>(
  start: () => Promise<ResultWithHttpResponse<T>>,
  done: HttpResponseCallback<T> | undefined,
) => settleAs(start, ({ responseBody, httpResponse }) => [responseBody, httpResponse], done);

/** The same for operations that call back with result and HTTP answer. */
export const settleMessage = <T>(
  start: () => Promise<ResultWithIncomingMessage<T>>,
  done: IncomingMessageCallback<T> | undefined,
) => settleAs(start, ({ result, message }) => [result, message], done);

/** The general form: `spread` turns the promised value into what follows the error in the callback. */
export const settleAs = <T, A, B>(
  start: () => Promise<T>,
  spread: (result: T) => readonly [A, B?],
  done: TripleValueCallback<A, B> | undefined,
): Promise<T> | undefined => {
  if (done === undefined || done === null) return started(start);
  if (typeof done !== 'function') throw new TypeError('Callback has to be a Function');
  const call = done as (error: unknown, first?: A, second?: B) => void; // success is reported as null, which the public type does not name
  // The next tick, since a callback that throws must end as an uncaught exception and not as our rejection.
  start().then(
    (result) => process.nextTick(() => call(null, ...spread(result))),
    (error: unknown) => process.nextTick(() => call(error)),
  );
  return undefined;
};

const started = async <T>(start: () => Promise<T>): Promise<T> => start();
