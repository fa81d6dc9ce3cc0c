import type { Message } from '../../../protocol/message.ts';

/**
 * Bytes of a message as the service counts them: its body, the values of its system properties, and the names and values
 * of its application properties, which are ASCII.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
 */
export const messageBytes = ({ body, properties, system }: Message): number => {
  let bytes = body.length;
  for (const value of Object.values(system)) bytes += value.length;
  for (const name in properties) bytes += name.length + (properties[name] ?? '').length;
  return bytes;
};
