import { expect, test } from 'vitest';
import { HubFinder, type KeyHolder } from '../../emulator/auth/hub-finder.ts';
import { policies } from '../../emulator/auth/policies.ts';
import { newHub } from '../support/hub/hub.ts';

const THUMBPRINT = 'AB'.repeat(20);
const certificate = { sha1: THUMBPRINT, sha256: 'CD'.repeat(32), commonName: 'd1', trusted: false, inDate: true };

/** A hub with the device `d1`, which has a certificate of this thumbprint. */
const withThumbprint = (primaryThumbprint: string): KeyHolder => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, { authentication: { x509Thumbprint: { primaryThumbprint } } });
  return { policies: policies(), find: (key) => hub.registry.find(key) };
};

test('a certificate is for the hubs that know its thumbprint', () => {
  const finder = new HubFinder();
  const [one, two, other] = [withThumbprint(THUMBPRINT), withThumbprint(THUMBPRINT), withThumbprint('EF'.repeat(20))];
  const shown = { token: undefined, key: 'd1', certificate };
  expect(finder.among([other, one], shown)).toEqual([one]);
  expect(finder.among([one, two, other], shown)).toEqual([one, two]);
  expect(finder.among([one], { ...shown, key: 'd2' })).toEqual([]);
});

test.each([undefined, '', 'not a token', 'SharedAccessSignature sr=x'])('no hub accepts %j', (token) => {
  expect(new HubFinder().among([withThumbprint(THUMBPRINT)], { token, key: 'd1' })).toEqual([]);
});
