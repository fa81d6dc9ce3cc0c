import { HubError } from '../../../protocol/errors.ts';
import type { IfMatch } from '../../../protocol/etag.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { isTooDeep, TOO_DEEP } from '../../kernel/json-depth.ts';
import type { JsonText } from '../../kernel/json-text.ts';
import type { Member } from '../fleet/member.ts';
import type { MethodAnswer } from '../messaging/method.ts';
import type { Methods } from '../messaging/methods.ts';
import { desiredPatch, renderDigitalTwin } from './digital-twin.ts';
import { readJsonPatch } from './json-patch.ts';
import type { Twins } from './twins.ts';

/** A command as a service calls it. */
export interface Command {
  /** Undefined for a command of the device itself. */
  readonly component?: string | undefined;
  readonly name: string;
  readonly payload: JsonText;
  readonly connectTimeoutInSeconds?: number | undefined;
  readonly responseTimeoutInSeconds?: number | undefined;
}

/** Digital twins of IoT Plug and Play: another form of twins and methods. It has no state. */
export class DigitalTwins {
  readonly #twins: Twins;
  readonly #methods: Methods;

  constructor(parts: { twins: Twins; methods: Methods }) {
    this.#twins = parts.twins;
    this.#methods = parts.methods;
  }

  /** Throws DeviceNotFound. https://learn.microsoft.com/rest/api/iothub/service/digital-twin/get-digital-twin */
  get(deviceId: string): JsonObject {
    return renderDigitalTwin(this.#twins.get(deviceId));
  }

  /**
   * Writes desired properties through a JSON patch. Throws DeviceNotFound, PreconditionFailed, ArgumentInvalid,
   * InvalidDigitalTwinJsonPatch, InvalidDigitalTwinPatch, InvalidDigitalTwinPatchPath and what twin writes throw.
   * https://learn.microsoft.com/rest/api/iothub/service/digital-twin/update-digital-twin
   */
  patch(deviceId: string, body: Json, ifMatch?: IfMatch): Member {
    const { twin } = this.#twins.get(deviceId);
    if (isTooDeep(body)) throw new HubError('InvalidDigitalTwinJsonPatch', `The patch is not valid: ${TOO_DEEP}.`);
    const desired = desiredPatch(twin, readJsonPatch(body));
    return this.#twins.patch(deviceId, { properties: { desired } }, ifMatch);
  }

  /** Calls a command, which is a direct method of the device. Rejects as `Methods.invoke` does. */
  command(deviceId: string, command: Command): Promise<MethodAnswer> {
    const { component, name, payload, connectTimeoutInSeconds, responseTimeoutInSeconds } = command;
    const body = {
      // https://learn.microsoft.com/azure/iot/concepts-convention#commands
      methodName: component === undefined ? name : `${component}*${name}`,
      payload: payload.value,
      ...(connectTimeoutInSeconds === undefined ? {} : { connectTimeoutInSeconds }),
      ...(responseTimeoutInSeconds === undefined ? {} : { responseTimeoutInSeconds }),
    };
    return this.#methods.invoke(deviceId, body, payload);
  }
}
