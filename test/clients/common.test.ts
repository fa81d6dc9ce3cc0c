import { expect, test } from 'vitest';
import {
  ConnectionString,
  callbackToPromise,
  doubleValueCallbackToPromise,
  errorCallbackToPromise,
  errors,
  httpCallbackToPromise,
  noErrorCallbackToPromise,
  SharedAccessSignature,
  tripleValueCallbackToPromise,
} from '../../clients/common/index.ts';

// The behaviour of azure-iot-common 1.13.3, from its source.

test('any connection string is split into its parts', () => {
  const parts = ConnectionString.parse(
    'HostName=h.example;Endpoint=sb://e/;SharedAccessKey=a2V5PT0=;x509;DeviceId=;Custom=1;Custom=2',
  );
  expect(parts).toBeInstanceOf(ConnectionString);
  expect({ ...parts }).toEqual({
    HostName: 'h.example',
    Endpoint: 'sb://e/',
    SharedAccessKey: 'a2V5PT0=',
    Custom: '2',
  });
  expect({ ...ConnectionString.parse('') }).toEqual({});
  expect(() => ConnectionString.parse('HostName=h', ['HostName', 'DeviceId', 'SharedAccessKey'])).toThrow(
    new errors.ArgumentError('The connection string is missing the property: DeviceId'),
  );
});

// https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas#sas-token-structure
test('a token is created for any resource, with or without a policy', () => {
  const token = SharedAccessSignature.create('h.example%2Fdevices%2Fd1', null, 'a2V5', 1_700_000_000);
  expect(token.toString()).toBe(
    'SharedAccessSignature sr=h.example%2Fdevices%2Fd1&sig=SXtdQ%2BL5ehZoQtJnUMvfAh9JmOk3XB05UjsI3OuzyLQ%3D&se=1700000000',
  );
  expect(SharedAccessSignature.parse(token.toString(), ['sr', 'sig', 'se'])).toMatchObject({
    se: '1700000000',
    skn: '',
  });
});

const failure = new Error('no');

test('an operation with a callback returns a promise to callers without a callback', async () => {
  await expect(callbackToPromise((done) => done(undefined, 1))).resolves.toBe(1);
  await expect(callbackToPromise((done) => done(failure))).rejects.toBe(failure);
  await expect(
    callbackToPromise(() => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  await expect(errorCallbackToPromise((done) => done())).resolves.toBeUndefined();
  await expect(noErrorCallbackToPromise((done) => done('it'))).resolves.toBe('it');
  const pair = (a: unknown, b: unknown) => [a, b];
  await expect(doubleValueCallbackToPromise((done) => done(1, 2), pair)).resolves.toEqual([1, 2]);
  await expect(doubleValueCallbackToPromise((done) => done(1, failure), pair)).rejects.toBe(failure);
  await expect(tripleValueCallbackToPromise((done) => done(undefined, 1, 2), pair)).resolves.toEqual([1, 2]);
  await expect(tripleValueCallbackToPromise((done) => done(failure), pair)).rejects.toBe(failure);
  const httpResponse = { statusCode: 200, headers: {} };
  await expect(httpCallbackToPromise((done) => done(undefined, 'body', httpResponse))).resolves.toEqual({
    responseBody: 'body',
    httpResponse,
  });
});

test('and passes its results to callers with a callback', () => {
  const heard: unknown[] = [];
  const listen = (...values: unknown[]) => void heard.push(values);
  expect(callbackToPromise((done) => done(undefined, 1), listen)).toBeUndefined();
  expect(noErrorCallbackToPromise((done) => done('it'), listen)).toBeUndefined();
  expect(
    tripleValueCallbackToPromise(
      (done) => done(failure),
      () => 0,
      listen,
    ),
  ).toBeUndefined();
  expect(heard).toEqual([[undefined, 1], ['it'], [failure]]);
  expect(() => Reflect.apply(callbackToPromise, null, [listen, 'no function'])).toThrow(
    'Callback has to be a Function',
  );
});
