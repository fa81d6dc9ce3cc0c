import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { definePolicies } from '../../emulator/auth/policies.ts';
import { PolicyAccess } from '../../emulator/auth/policy-access.ts';
import { SasVerifier } from '../../emulator/auth/sas-verifier.ts';
import { signSas } from '../../protocol/sas.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const EXPIRY = NOW / 1000 + 3600;
const [MINE, OTHER] = [btoa('the key of the token'), btoa('another key')];

/** Checks of one token against keys, and a clock to turn. */
const world = () => {
  let now = NOW;
  const sas = new SasVerifier(() => now);
  const text = signSas({ resource: 'localhost/devices/d1', key: MINE, expiry: EXPIRY });
  const check = (...keys: string[]) => {
    const token = sas.read(text);
    return token === undefined ? 'not a token' : sas.check(token, { keys, forms: ['base64'] });
  };
  return { check, advance: (ms: number) => (now += ms) };
};

test('a token is compared with the keys of the moment, also when its signature is known', () => {
  const { check } = world();
  expect([check(OTHER), check(OTHER, MINE), check(MINE), check(OTHER)]).toEqual([
    'wrong-key',
    undefined,
    undefined,
    'wrong-key',
  ]);
});

test('a token whose signature is known expires, five minutes of clock skew allowed', () => {
  const { check, advance } = world();
  expect(check(MINE)).toBeUndefined();
  advance(3_600_000 + 299_999);
  expect(check(MINE)).toBeUndefined();
  advance(1);
  expect(check(MINE)).toBe('expired');
});

// Event Hubs' SDKs sign with the characters of the key: createToken in sdk/core/core-amqp/src/auth/tokenProvider.ts
const signByText = (resource: string, key: string, policy: string): string => {
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', key).update(`${sr}\n${EXPIRY}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${EXPIRY}&skn=${policy}`;
};

test('a service decides how keys are used and which rights there are', () => {
  const policies = definePolicies({ reader: ['Listen'], writer: ['Send'] }, { reader: MINE });
  const access = { rights: ['Listen'] as const, path: '/hub/ConsumerGroups/$Default/Partitions/0' };
  const token = signByText('sb://localhost:5671/hub', MINE, 'reader');
  const sas = new SasVerifier(() => NOW);
  const ask = (forms?: readonly ('base64' | 'utf8')[]) =>
    new PolicyAccess(policies, sas, forms).authenticate(token, access);
  expect(ask(['base64', 'utf8'])).toEqual({
    kind: 'policy',
    policy: 'reader',
    rights: ['Listen'],
    scope: ['hub'],
    expiresAt: EXPIRY * 1000 + 300_000,
    method: 'sas',
  });
  expect(ask()).toEqual({ code: 'wrong-policy-key', detail: { policy: 'reader' } });
});

test.each([
  [1_024, true],
  [1_025, false],
])('a token of %i characters is remembered: %s', (length, isRemembered) => {
  const sas = new SasVerifier(() => NOW);
  const short = signSas({ resource: 'localhost/devices/d1', key: MINE, expiry: EXPIRY });
  const text = `${short}&x=`.padEnd(length, 'y');
  const token = sas.read(text);
  if (token === undefined) throw new Error('not a token');
  expect(sas.check(token, { keys: [MINE], forms: ['base64'] })).toBeUndefined();
  expect(sas.read(text) === token).toBe(isRemembered);
});
