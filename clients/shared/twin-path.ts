/** The path of a twin in the service API, `/twins/{deviceId}[/modules/{moduleId}]`, encoded; methods are called below it. */
export const twinPath = (deviceId: string, moduleId?: string): string =>
  `/twins/${encodeURIComponent(deviceId)}${moduleId ? `/modules/${encodeURIComponent(moduleId)}` : ''}`;
