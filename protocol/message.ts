/** A message, every protocol's common ground; system names are those of the hub (`messageId`, `contentType`, …). */
export interface Message {
  readonly body: Uint8Array;
  readonly system: Readonly<Record<string, string>>;
  readonly application: Readonly<Record<string, string>>;
}

/**
 * Names of system properties in a topic's bag.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#sending-device-to-cloud-messages
 */
export const BAG_NAMES = {
  '$.mid': 'messageId',
  '$.cid': 'correlationId',
  '$.uid': 'userId',
  '$.to': 'to',
  '$.exp': 'expiryTimeUtc',
  '$.ct': 'contentType',
  '$.ce': 'contentEncoding',
  '$.ctime': 'creationTimeUtc',
  '$.on': 'outputName',
  '$.sub': 'dt-subject',
  '$.ifid': 'iothub-interface-id',
  '$.cdid': 'connectionDeviceId',
  '$.cmid': 'connectionModuleId',
  '$.schema': 'messageSchema',
  '$.diagid': 'diagnosticId',
  '$.diagctx': 'diagnosticContext',
} as const satisfies Record<string, string>;

/** Renames the system properties of a bag; unknown ones keep their bag name. */
export const systemProperties = (bag: Readonly<Record<string, string>>): Record<string, string> => {
  const names: Readonly<Record<string, string>> = BAG_NAMES;
  const named: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(bag)) named[Object.hasOwn(names, key) ? (names[key] ?? key) : key] = value;
  return named;
};
