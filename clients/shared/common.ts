// Exports of azure-iot-common that programs use together with a client.
export { AuthenticationType } from './authentication-provider.ts';
export type { Callback, ErrorCallback, HttpResponseCallback, TripleValueCallback } from './callback.ts';
export * as endpoint from './endpoint.ts';
export * as errors from './errors.ts';
export { Message } from './message.ts';
export type { HttpResponse, ResultWithHttpResponse } from './results.ts';
export * as results from './results.ts';
export { ExponentialBackOffWithJitter, NoRetry, RetryOperation, type RetryPolicy } from './retry.ts';
export { anHourFromNow, encodeUriComponentStrict } from './shared-access-signature.ts';
export { getAgentPlatformString } from './user-agent.ts';
