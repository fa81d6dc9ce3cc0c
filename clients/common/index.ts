// The exports of azure-iot-common 1.13.
export type { AuthenticationProvider, TransportConfig, X509 } from '../shared/authentication-provider.ts';
export type { NoErrorCallback } from '../shared/callback.ts';
export * from '../shared/common.ts';
export { SharedAccessSignature } from '../shared/shared-access-signature.ts';
export {
  callbackToPromise,
  type DoubleValueCallback,
  doubleValueCallbackToPromise,
  errorCallbackToPromise,
  httpCallbackToPromise,
  noErrorCallbackToPromise,
  tripleValueCallbackToPromise,
} from './callback-to-promise.ts';
export { ConnectionString } from './connection-string.ts';
