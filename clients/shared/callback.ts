import type { HttpResponse, ResultWithHttpResponse } from './results.ts';

/** Called once, with an error or a result. */
export type Callback<T> = (error?: Error, result?: T) => void;
export type ErrorCallback = (error?: Error) => void;
export type NoErrorCallback<T> = (result?: T) => void;
export type TripleValueCallback<A, B> = (error?: Error, result1?: A, result2?: B) => void;
export type HttpResponseCallback<T> = TripleValueCallback<T, HttpResponse>;

/** A result and the HTTP response that contained it. */
export interface ResultWithIncomingMessage<T> {
  result: T;
  message: HttpResponse;
}
export type IncomingMessageCallback<T> = TripleValueCallback<T, HttpResponse>;

/**
 * Starts an operation. Its result goes to `done`, or to the returned promise if there is no callback. If `start` throws, a
 * caller with a callback gets the exception and a caller without gets a rejected promise, as in azure-iot-common.
 */
export const settle = <T>(start: () => Promise<T>, done: Callback<T> | undefined): Promise<T> | undefined =>
  settleAs(start, (result) => [result], done);

/** The same for operations that call back with body and HTTP response. */
export const settleHttp = <T>(
  start: () => Promise<ResultWithHttpResponse<T>>,
  done: HttpResponseCallback<T> | undefined,
) => settleAs(start, ({ responseBody, httpResponse }) => [responseBody, httpResponse], done);

/** The same for operations that call back with result and HTTP response. */
export const settleMessage = <T>(
  start: () => Promise<ResultWithIncomingMessage<T>>,
  done: IncomingMessageCallback<T> | undefined,
) => settleAs(start, ({ result, message }) => [result, message], done);

/** The general form: `spread` returns the arguments of the callback after the error. */
export const settleAs = <T, A, B>(
  start: () => Promise<T>,
  spread: (result: T) => readonly [A, B?],
  done: TripleValueCallback<A, B> | undefined,
): Promise<T> | undefined => {
  if (done === undefined || done === null) return started(start);
  if (typeof done !== 'function') throw new TypeError('Callback has to be a Function');
  // on success the error is null, which the public type does not allow
  const call = done as (error: unknown, first?: A, second?: B) => void;
  // In the next tick, so that an exception of the callback is uncaught and does not reject our promise.
  start().then(
    (result) => process.nextTick(() => call(null, ...spread(result))),
    (error: unknown) => process.nextTick(() => call(error)),
  );
  return undefined;
};

/** The last two arguments of a call that may leave the first of them out: `(value, done)` or `(done)`. */
export const argumentsOf = <F, C>(
  first: F,
  second: C | undefined,
): readonly [Exclude<F, C> | undefined, C | undefined] =>
  // F is a plain value or the callback C: TypeScript cannot know that no plain value is a function
  typeof first === 'function' ? [undefined, first as C] : [first as Exclude<F, C>, second];

const started = async <T>(start: () => Promise<T>): Promise<T> => start();
