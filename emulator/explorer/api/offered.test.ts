import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import { offered } from './offered.ts';

const info = {
  version: '1',
  hostname: 'localhost',
  auth: 'strict',
  data: null,
  ports: {},
  pid: 1,
  startedAt: '',
  lastEvent: 0,
} as const;

test('a build tells its operations in /info', async () => {
  const client = createClient('', () => Promise.reject(new Error('nothing else is asked')));
  expect(await offered(client, { ...info, operations: ['GET /traffic'] })).toEqual(new Set(['GET /traffic']));
});

test('an older one tells them in its OpenAPI document', async () => {
  const document = { paths: { '/twins/{deviceId}': { get: {} }, '/faults': { get: {}, post: {} } } };
  const client = createClient('', async () => Response.json(document));
  expect(await offered(client, info)).toEqual(new Set(['GET /twins/:deviceId', 'GET /faults', 'POST /faults']));
});
