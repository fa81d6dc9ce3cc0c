import { expect, test } from 'vitest';
import { METERING } from '../../../emulator/hub/tiers/metering.ts';
import { ROUTES } from '../../../emulator/servers/rest/routes/index.ts';

test('every request of the service has a row in the table of metering, and only these', () => {
  const requests = Object.keys(METERING).filter((operation) => operation.includes(' '));
  expect(requests.toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
});
