import { versionQueryString } from '../shared/endpoint.ts';
import type { RestRequest } from '../shared/rest-api.ts';
import { twinPath } from '../shared/twin-path.ts';

/** A direct method's name, argument and time limits. */
export interface DeviceMethodParams {
  methodName: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, as in azure-iothub
  payload?: any;
  responseTimeoutInSeconds?: number;
  connectTimeoutInSeconds?: number;
}

/** The device's response. */
export interface DeviceMethodResult {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, as in azure-iothub
  payload: any;
}

/** Which device or module to call, and how. */
export interface Invocation {
  readonly deviceId: string;
  readonly moduleId?: string | undefined;
  readonly params: DeviceMethodParams;
}

/** Added to the hub's own timeout, so that the hub's error arrives before the request times out. */
const GRACE_MS = 10_000;

/** The request that calls the method; throws ReferenceError or TypeError for a missing or wrong argument. */
export const methodRequest = ({ deviceId, moduleId, params }: Invocation): RestRequest => {
  if (!deviceId) throw new ReferenceError(`deviceId cannot be '${deviceId}'`);
  const body = complete(params);
  return {
    method: 'POST',
    path: `${twinPath(deviceId, moduleId)}/methods${versionQueryString()}`,
    body,
    timeoutMs: (body.responseTimeoutInSeconds + body.connectTimeoutInSeconds) * 1000 + GRACE_MS,
  };
};

/** The parameters with defaults: 30 s for the response, 0 s to connect. */
const complete = (params: DeviceMethodParams) => {
  if (!params) throw new ReferenceError(`params cannot be '${params}'`);
  if (params.methodName === undefined || params.methodName === null || params.methodName === '')
    throw new ReferenceError(`params.methodName cannot be '${params.methodName}'`);
  if (typeof params.methodName !== 'string') throw new TypeError('methodName must be a string');
  return {
    methodName: params.methodName,
    responseTimeoutInSeconds: params.responseTimeoutInSeconds || 30,
    connectTimeoutInSeconds: params.connectTimeoutInSeconds || 0,
    payload: params.payload ?? null,
  };
};
