import { expect, test } from 'vitest';
import { METERING } from '../../../emulator/hub/tiers/metering.ts';
import { files } from '../../../emulator/servers/rest/routes/files.ts';
import { ROUTES } from '../../../emulator/servers/rest/routes/index.ts';

// docs/differences.md: file uploads are not counted
test('every request of the service but file uploads has a row in the table of metering, and only these', () => {
  const requests = Object.keys(METERING).filter((operation) => operation.includes(' '));
  expect(requests.toSorted()).toEqual(
    ROUTES.filter((row) => !files.includes(row))
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
});
