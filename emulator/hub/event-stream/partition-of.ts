const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The partition of everything that concerns a device, its modules included, so that its events stay in order. The service
 * does not publish its hash; ours is FNV-1a (32 bits) of the UTF-16 units of the id.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-read-builtin
 */
export const partitionOf = (deviceId: string, partitions: number): number => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < deviceId.length; i++) hash = Math.imul(hash ^ deviceId.charCodeAt(i), FNV_PRIME);
  return (hash >>> 0) % partitions;
};
