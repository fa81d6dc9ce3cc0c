import * as z from 'zod';
import { jsonBytes } from './envelope.ts';
import type { Json } from './json.ts';
import type { Limits } from './limits.ts';

/**
 * The body of a direct method call as the hub takes it; `timeout` is the older name of the response timeout.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods#method-invocation-for-iot-hub-devices
 */
export const methodRequest = (limits: Limits) =>
  z
    .object(
      {
        methodName: z
          .string('MethodName is required')
          .min(1, 'MethodName is required')
          .max(limits.methodNameLength, `MethodName cannot be longer than ${limits.methodNameLength}`)
          .refine(fitsIntoTopic, 'MethodName contains characters that are not allowed'),
        payload: z
          .custom<Json>()
          .optional()
          .refine(
            (payload) => payload === undefined || jsonBytes(payload) <= limits.methodPayloadBytes,
            `Payload should not be greater than ${limits.methodPayloadBytes} bytes.`,
          ),
        responseTimeoutInSeconds: seconds('ResponseTimeout', 5),
        timeout: seconds('ResponseTimeout', 5),
        connectTimeoutInSeconds: seconds('ConnectTimeout', 0),
      },
      'The request body must be a JSON object.',
    )
    .transform(({ methodName, payload, timeout, responseTimeoutInSeconds, connectTimeoutInSeconds }) => ({
      methodName,
      payload: payload ?? null,
      responseTimeoutInSeconds: responseTimeoutInSeconds ?? timeout ?? 30,
      connectTimeoutInSeconds: connectTimeoutInSeconds ?? 0,
    }))
    .refine((request) => request.connectTimeoutInSeconds <= request.responseTimeoutInSeconds, {
      error: ({ input }) => longConnect(input),
    });

/** One call, checked, nothing left open. */
export type MethodRequest = z.output<ReturnType<typeof methodRequest>>;

/** What a device answers. */
export interface MethodAnswer {
  /** The device's own code, such as 200. */
  readonly status: number;
  readonly payload: Json;
}

const seconds = (name: string, min: number) => {
  const rule = `${name} has to be between ${min} and 300 seconds.`;
  return z.int(rule).min(min, rule).max(300, rule).nullish();
};

// the name is one level of an MQTT topic; wildcards and control characters may not be in one (MQTT 3.1.1, 3.3.2.1)
const fitsIntoTopic = (name: string): boolean => !/[\u0000-\u001f\u007f+#]/.test(name);

const longConnect = (input: unknown): string => {
  const { connectTimeoutInSeconds, responseTimeoutInSeconds } = input as MethodRequest; // the refinement's own input
  return `Device connection timeout ${connectTimeoutInSeconds} s cannot be longer than an overall call timeout ${responseTimeoutInSeconds} s`;
};
