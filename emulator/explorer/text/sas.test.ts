import { expect, test } from 'vitest';
import { decodeSas, isSignedBy, signSas } from './sas.ts';

// HMAC-SHA256 by `openssl dgst -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef` over "localhost%2Fdevices%2Fd1\n1767225600"
const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const TOKEN =
  'SharedAccessSignature sr=localhost%2Fdevices%2Fd1&sig=FilJ4zKoex8HDDUFFc%2FOSUozKmkcEWPDBn9ftJT7pXY%3D&se=1767225600';

test('a token is made as the SDKs make it', async () => {
  expect(await signSas({ resource: 'localhost/devices/d1', key: KEY, expiry: 1_767_225_600 })).toBe(TOKEN);
});

test('the key that made a signature is known from one that did not', async () => {
  expect(await isSignedBy(TOKEN, KEY)).toBe(true);
  expect(await isSignedBy(TOKEN, btoa('another key'))).toBe(false);
});

test('a token is taken apart', () => {
  expect(decodeSas(TOKEN)).toMatchObject({
    resource: 'localhost/devices/d1',
    policy: undefined,
    expiresAt: Date.parse('2026-01-01T00:00:00Z'),
    remarks: [],
  });
});

test.each([
  ['HostName=localhost', /begins with/],
  ['SharedAccessSignature sr=x', /lacks sig, se/],
  ['SharedAccessSignature sr=x&sig=y&se=soon', /not a number/],
])('%s is refused in words', (text, problem) => {
  expect(decodeSas(text)).toEqual({ problem: expect.stringMatching(problem) });
});

test('an expiry in milliseconds and a token without policy or device are remarked on', () => {
  const decoded = decodeSas('SharedAccessSignature sr=localhost&sig=a%3D&se=1767225600000');
  expect(decoded).toMatchObject({
    remarks: [expect.stringContaining('no policy'), expect.stringContaining('milliseconds')],
  });
});
