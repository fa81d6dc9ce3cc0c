import type { Row } from '../../http/route-table.ts';

/** An operation of the service that the emulator does not support. */
export interface Unsupported extends Row {
  readonly name: string;
}

const unsupported = (method: string, path: string, name: string): Unsupported => ({ method, path, name });

const MODULE = '/devices/:deviceId/modules/:moduleId';

/**
 * With names, for the log.
 * https://learn.microsoft.com/rest/api/iothub/device and https://learn.microsoft.com/rest/api/iothub/service
 */
export const UNSUPPORTED: readonly Unsupported[] = [
  unsupported('POST', '/twins/:deviceId/streams/:streamName', 'Initiate Device Stream'),
  unsupported('POST', '/twins/:deviceId/modules/:moduleId/streams/:streamName', 'Initiate Device Stream'),
  unsupported('GET', `${MODULE}/devicesAndModulesInDeviceScope`, 'Get Devices And Modules In Device Scope'),
  unsupported('GET', `${MODULE}/deviceAndModuleInDeviceScope`, 'Get Device And Module In Device Scope'),
  unsupported(
    'POST',
    `${MODULE}/devicesAndModulesInTargetDeviceScope`,
    'Get Devices And Modules In Target Device Scope',
  ),
  unsupported('POST', `${MODULE}/getDeviceAndModuleOnBehalfOf`, 'Get Device And Module On Behalf Of'),
  unsupported('POST', `${MODULE}/putModuleOnBehalfOf`, 'Put Module On Behalf Of'),
  unsupported('POST', `${MODULE}/getModuleOnBehalfOf`, 'Get Module On Behalf Of'),
  unsupported('POST', `${MODULE}/getModulesOnTargetDevice`, 'Get Modules On Target Device'),
  unsupported('POST', `${MODULE}/deleteModuleOnBehalfOf`, 'Delete Module On Behalf Of'),
];
