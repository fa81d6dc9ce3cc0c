/** Which feedback the sender of a message to a device can ask for. */
export const ACKS = ['none', 'positive', 'negative', 'full'] as const;
export type Ack = (typeof ACKS)[number];

/** A message between device and cloud, whatever protocol carries it. */
export interface Message {
  readonly body: Uint8Array;
  /** Application properties, under the names that the sender gave them. */
  readonly properties: Readonly<Record<string, string>>;
  readonly system: MessageProperties;
}

/**
 * System properties. Times are ISO 8601, UTC.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
 */
export interface MessageProperties {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly userId?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly creationTimeUtc?: string;
  readonly expiryTimeUtc?: string;
  /** Where a message to a device goes, such as `/devices/d1/messages/devicebound`. */
  readonly to?: string;
  /** Which feedback the sender of a message to a device wants: `none`, `positive`, `negative` or `full`. */
  readonly ack?: string;
  readonly interfaceId?: string;
  /** IoT Plug and Play component that sends it: `dt-subject`. */
  readonly componentName?: string;
  /** IoT Plug and Play model of the device that sends it: `dt-dataschema`. */
  readonly dataSchema?: string;
  readonly outputName?: string;
  readonly inputName?: string;
  readonly messageSchema?: string;
  readonly diagnosticId?: string;
  readonly diagnosticContext?: string;
  // the hub's own, whatever the sender says
  readonly connectionDeviceId?: string;
  readonly connectionModuleId?: string;
  /** JSON that tells how the sender was authenticated. */
  readonly connectionAuthMethod?: string;
  readonly connectionDeviceGenerationId?: string;
  readonly enqueuedTime?: string;
  /** `Telemetry`, or the kind of event that the hub sends itself. */
  readonly messageSource?: string;
}
