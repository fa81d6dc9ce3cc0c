import type {
  Callback,
  ErrorCallback,
  HttpResponseCallback,
  NoErrorCallback,
  TripleValueCallback,
} from '../shared/callback.ts';
import type { HttpResponse, ResultWithHttpResponse } from '../shared/results.ts';

// For programs that use these functions of azure-iot-common to serve callers with and without a callback.

/** Called once, with two results. */
export type DoubleValueCallback<A, B> = (result1?: A, result2?: B) => void;

type Pack<A, B, T> = (first: A, second: B) => T;

/** Passes the caller's callback to `operation`, or returns a promise of its result. */
export const callbackToPromise = <T>(
  operation: (callback: Callback<T>) => void,
  userCallback?: Callback<T>,
): Promise<T> | undefined =>
  // without an error there is a result
  run(operation, userCallback, (resolve, reject) => (error, result) => (error ? reject(error) : resolve(result as T)));

export function errorCallbackToPromise(operation: (callback: ErrorCallback) => void, userCallback: ErrorCallback): void;
export function errorCallbackToPromise(operation: (callback: ErrorCallback) => void): Promise<void>;
export function errorCallbackToPromise(operation: (callback: ErrorCallback) => void, userCallback?: ErrorCallback) {
  return run<ErrorCallback, void>(operation, userCallback, (resolve, reject) => (error) => {
    if (error) reject(error);
    else resolve();
  });
}

export function noErrorCallbackToPromise<T>(
  operation: (callback: NoErrorCallback<T>) => void,
  userCallback: NoErrorCallback<T>,
): void;
export function noErrorCallbackToPromise<T>(operation: (callback: NoErrorCallback<T>) => void): Promise<T>;
export function noErrorCallbackToPromise<T>(
  operation: (callback: NoErrorCallback<T>) => void,
  userCallback?: NoErrorCallback<T>,
) {
  // the callback type allows undefined
  return run<NoErrorCallback<T>, T>(operation, userCallback, (resolve) => (result) => resolve(result as T));
}

/** Either value may be the error. */
export function doubleValueCallbackToPromise<A, B, T>(
  operation: (callback: DoubleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
  userCallback: DoubleValueCallback<A, B>,
): void;
export function doubleValueCallbackToPromise<A, B, T>(
  operation: (callback: DoubleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
): Promise<T>;
export function doubleValueCallbackToPromise<A, B, T>(
  operation: (callback: DoubleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
  userCallback?: DoubleValueCallback<A, B>,
) {
  return run<DoubleValueCallback<A, B>, T>(operation, userCallback, (resolve, reject) => (first, second) => {
    const error = [first, second].find((value) => value instanceof Error);
    if (error) reject(error);
    else resolve(packResults(first as A, second as B)); // neither is an error
  });
}

export function tripleValueCallbackToPromise<A, B, T>(
  operation: (callback: TripleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
  userCallback: TripleValueCallback<A, B>,
): void;
export function tripleValueCallbackToPromise<A, B, T>(
  operation: (callback: TripleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
): Promise<T>;
export function tripleValueCallbackToPromise<A, B, T>(
  operation: (callback: TripleValueCallback<A, B>) => void,
  packResults: Pack<A, B, T>,
  userCallback?: TripleValueCallback<A, B>,
) {
  return run<TripleValueCallback<A, B>, T>(operation, userCallback, (resolve, reject) => (error, first, second) => {
    if (error) reject(error);
    else resolve(packResults(first as A, second as B)); // without an error, both are present
  });
}

export function httpCallbackToPromise<T>(
  operation: (callback: HttpResponseCallback<T>) => void,
  callback: HttpResponseCallback<T>,
): void;
export function httpCallbackToPromise<T>(
  operation: (callback: HttpResponseCallback<T>) => void,
): Promise<ResultWithHttpResponse<T>>;
export function httpCallbackToPromise<T>(
  operation: (callback: HttpResponseCallback<T>) => void,
  callback?: HttpResponseCallback<T>,
) {
  const pack = (responseBody: T, httpResponse: HttpResponse) => ({ responseBody, httpResponse });
  return callback
    ? tripleValueCallbackToPromise(operation, pack, callback)
    : tripleValueCallbackToPromise(operation, pack);
}

const run = <C, T>(
  operation: (callback: C) => void,
  userCallback: C | undefined,
  collect: (resolve: (value: T) => void, reject: (error: unknown) => void) => C,
): Promise<T> | undefined => {
  if (!userCallback) return new Promise((resolve, reject) => operation(collect(resolve, reject)));
  if (typeof userCallback !== 'function') throw new TypeError('Callback has to be a Function');
  operation(userCallback);
  return undefined;
};
