import { expect, test } from 'vitest';
import { HubError } from '../../protocol/errors.ts';

// https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes#404001-devicenotfound
test('a message begins with the name and the number of the error; the text is the service’s own', () => {
  const error = new HubError('DeviceNotFound', 'Device d1 not registered');
  expect(String(error)).toBe('HubError: DeviceNotFound (404001): Device d1 not registered');
  expect(error).toMatchObject({
    code: 'DeviceNotFound',
    number: 404001,
    status: 404,
    text: 'Device d1 not registered',
  });
});

test('a status of its own changes neither name nor number', () => {
  const { message, number, status } = new HubError('ServerBusy', 'Try later', { status: 418 });
  expect({ message, number, status }).toEqual({
    message: 'ServerBusy (503005): Try later',
    number: 503005,
    status: 418,
  });
});
