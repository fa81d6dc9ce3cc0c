/**
 * The status codes that azext_iot 0.25 accepts, call by call: azext_iot/sdk/iothub/service/operations (api-version 2024-03-31)
 * and, from `POST /devices/{id}/messages/events` on, azext_iot/sdk/iothub/device/operations (2019-10-01). Any other code
 * makes a command fail.
 */
export const CODES = {
  'GET /devices': [200],
  'POST /devices': [200, 400],
  'GET /devices/{id}': [200],
  'PUT /devices/{id}': [200],
  'DELETE /devices/{id}': [204],
  'GET /devices/{id}/modules': [200],
  'GET /devices/{id}/modules/{mid}': [200],
  'PUT /devices/{id}/modules/{mid}': [200, 201],
  'DELETE /devices/{id}/modules/{mid}': [204],
  'POST /devices/keys/regenerate': [200, 207, 400],
  'GET /twins/{id}': [200],
  'PUT /twins/{id}': [200],
  'PATCH /twins/{id}': [200],
  'GET /twins/{id}/modules/{mid}': [200],
  'PUT /twins/{id}/modules/{mid}': [200],
  'PATCH /twins/{id}/modules/{mid}': [200],
  'POST /twins/{id}/methods': [200],
  'POST /twins/{id}/modules/{mid}/methods': [200],
  'POST /devices/query': [200],
  'GET /configurations/{id}': [200],
  'PUT /configurations/{id}': [200, 201],
  'DELETE /configurations/{id}': [204],
  'GET /configurations': [200],
  'POST /configurations/testQueries': [200],
  'POST /devices/{id}/applyConfigurationContent': [200, 204],
  'POST /jobs/create': [200],
  'GET /jobs': [200],
  'GET /jobs/{id}': [200],
  'DELETE /jobs/{id}': [200, 204],
  'GET /jobs/v2/{id}': [200],
  'PUT /jobs/v2/{id}': [200],
  'POST /jobs/v2/{id}/cancel': [200],
  'GET /jobs/v2/query': [200],
  'GET /digitaltwins/{id}': [200],
  'PATCH /digitaltwins/{id}': [202],
  'POST /digitaltwins/{id}/commands/{command}': [200],
  'POST /digitaltwins/{id}/components/{component}/commands/{command}': [200],
  'DELETE /devices/{id}/commands': [200],
  'GET /statistics/devices': [200],
  'GET /statistics/service': [200],
  'GET /messages/serviceBound/feedback': [200, 204],
  'DELETE /messages/serviceBound/feedback/{token}': [204],
  'POST /messages/serviceBound/feedback/{token}/abandon': [204],
  'POST /devices/{id}/messages/events': [204],
  'GET /devices/{id}/messages/deviceBound': [200, 204],
  'DELETE /devices/{id}/messages/deviceBound/{token}': [204],
  'POST /devices/{id}/messages/deviceBound/{token}/abandon': [204],
  'POST /devices/{id}/files': [200],
  'POST /devices/{id}/files/notifications': [204],
} as const satisfies Record<string, readonly number[]>;

export type Call = keyof typeof CODES;

export const CALLS = Object.keys(CODES).filter((call): call is Call => call in CODES);

/** Not supported by the hub: commands that need these calls get 404. */
export const ABSENT = CALLS.slice(CALLS.indexOf('POST /devices/{id}/files'));
