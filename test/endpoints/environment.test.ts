import { expect, test } from 'vitest';
import { variablesFor } from '../../emulator/endpoints/environment.ts';

test('a program of an emulator on the usual ports is not redirected to another emulator', () => {
  const inherited = { IOTHUB_EMULATOR_INTERCEPT: '{"hosts":["localhost"]}' };
  const client = { connectionString: 'HostName=localhost' };
  expect(variablesFor(client, inherited)).toMatchObject({ IOTHUB_EMULATOR_INTERCEPT: '' });
  expect(variablesFor(client, {})).toEqual({ IOTHUB_CONNECTION_STRING: 'HostName=localhost' });
});
