import * as z from 'zod';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { type JsonText, jsonTextOf } from '../../kernel/json-text.ts';
import { isTooDeep, readEnvelope, utf8Bytes } from '../envelope.ts';

/**
 * Reads the body of a direct method call, whose payload is `payload` if its text is known. Throws ArgumentInvalid.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods#method-invocation-for-iot-hub-devices
 */
export const readMethodRequest = (limits: Limits) => {
  const schema = methodEnvelope(limits);
  return (body: Json | undefined, payload?: JsonText): MethodRequest => {
    const { given, ...envelope } = readEnvelope(schema, body);
    // in this order: the text of a value that is nested too deeply cannot be made
    const sent = isTooDeep(given) ? undefined : (payload ?? jsonTextOf(given));
    if (sent === undefined || utf8Bytes(sent.text) > limits.methodPayloadBytes)
      throw new HubError('ArgumentInvalid', `Payload should not be greater than ${limits.methodPayloadBytes} bytes.`);
    return { ...envelope, payload: sent };
  };
};

/** A checked call, with all defaults set. */
export interface MethodRequest {
  readonly methodName: string;
  readonly payload: JsonText;
  readonly responseTimeoutInSeconds: number;
  readonly connectTimeoutInSeconds: number;
}

/** A device's response. */
export interface MethodAnswer {
  /** The device's own code, such as 200. */
  readonly status: number;
  readonly payload: JsonText;
}

/** `timeout` is the older name of the response timeout. */
const methodEnvelope = (limits: Limits) =>
  z
    .object(
      {
        methodName: z
          .string('MethodName is required')
          .min(1, 'MethodName is required')
          .max(limits.methodNameLength, `MethodName cannot be longer than ${limits.methodNameLength}`)
          .refine(fitsIntoTopic, 'MethodName contains characters that are not allowed'),
        payload: z.custom<Json>().optional(),
        responseTimeoutInSeconds: seconds('responseTimeoutInSeconds', 5),
        timeout: seconds('responseTimeoutInSeconds', 5),
        connectTimeoutInSeconds: seconds('connectTimeoutInSeconds', 0),
      },
      'The request body must be a JSON object.',
    )
    .transform(({ methodName, payload, timeout, responseTimeoutInSeconds, connectTimeoutInSeconds }) => ({
      methodName,
      given: payload ?? null,
      responseTimeoutInSeconds: responseTimeoutInSeconds ?? timeout ?? 30,
      connectTimeoutInSeconds: connectTimeoutInSeconds ?? 0,
    }))
    .refine((request) => request.connectTimeoutInSeconds <= request.responseTimeoutInSeconds, {
      error: ({ input }) => longConnect(input),
    });

/** The text is quoted in https://github.com/Azure/azure-iot-sdk-csharp/issues/724 */
const seconds = (name: string, min: number) => {
  const rule = `${name} must be within [${min}; 300].`;
  return z.int(rule).min(min, rule).max(300, rule).nullish();
};

// the name is one level of an MQTT topic; wildcards and control characters may not be in one (MQTT 3.1.1, 3.3.2.1)
const fitsIntoTopic = (name: string): boolean => !/[\u0000-\u001f\u007f+#]/.test(name);

const longConnect = (input: unknown): string => {
  // the refinement's own input
  const { connectTimeoutInSeconds, responseTimeoutInSeconds } = input as Omit<MethodRequest, 'payload'>;
  return `Device connection timeout ${connectTimeoutInSeconds} s cannot be longer than an overall call timeout ${responseTimeoutInSeconds} s`;
};
