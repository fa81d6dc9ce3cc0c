import { expect, test } from 'vitest';
import { Authenticator } from '../../emulator/auth/authenticate.ts';
import { policies } from '../../emulator/auth/policies.ts';
import { silentLog } from '../../emulator/log.ts';
import { readTarget } from '../../emulator/servers/http/target.ts';
import { readCaller } from '../../emulator/servers/mqtt/connect.ts';
import { growth } from '../support/hub/cpu.ts';
import { newHub, refusal } from '../support/hub/hub.ts';

const { hub } = newHub();
hub.registry.create({ deviceId: 'd1' }, {});
const auth = new Authenticator({
  policies: policies(),
  find: (key) => hub.registry.find(key),
  mode: 'strict',
  log: silentLog,
});

const LARGEST = 65_536;
const token = (resource: string, more = ''): string => `SharedAccessSignature sr=${resource}&sig=x&se=1${more}`;

// passwords and Authorization headers of clients that are not authenticated
const TEXTS: readonly (readonly [string, (size: number) => string])[] = [
  ['slashes between two letters', (size) => token(`a${'/'.repeat(size)}a`)],
  ['slashes at the end', (size) => token(`a${'/'.repeat(size)}`)],
  ['encoded slashes', (size) => token(`a${'%2F'.repeat(size / 3)}a`)],
  ['letters before a scheme', (size) => token(`${'a'.repeat(size)}:/`)],
  ['schemes', (size) => token('a://'.repeat(size / 4))],
  ['blanks', (size) => token('a', `&${' '.repeat(size)}x=1`)],
  ['fields', (size) => token('a', '&a=1'.repeat(size / 4))],
  ['equals signs', (size) => token('='.repeat(size))],
  ['digits', (size) => token('a', `&se=${'1'.repeat(size)}`)],
  ['escapes that are not closed', (size) => token('%'.repeat(size))],
  ['a long policy', (size) => token('a', `&skn=${'s'.repeat(size)}`)],
  ['no token', (size) => ' '.repeat(size)],
];

test.each(TEXTS)('%s cost a service no more than in proportion to their length', (_, text) => {
  const ask = (size: number) => {
    const header = text(size);
    return () => void refusal(() => auth.service(header, ['ServiceConnect'], '/twins/d1'));
  };
  expect(growth(ask, LARGEST / 8)).toBeLessThan(24);
});

test.each(TEXTS)('%s cost a device no more than in proportion to their length', (_, text) => {
  const ask = (size: number) => {
    const password = text(size);
    return () => void refusal(() => auth.device({ key: 'd1', password }));
  };
  expect(growth(ask, LARGEST / 8)).toBeLessThan(24);
});

// what is read of a request and of a CONNECT before the token
test.each([
  ['slashes', '/'],
  ['encoded slashes', '%2F'],
  ['parameters', '&a=1'],
  ['question marks', '?'],
  ['schemes', 'a://'],
  ['letters', 'a'],
])('a target or user name of %s costs no more than in proportion to its length', (_, part) => {
  const target = (size: number) => {
    const url = `/${part.repeat(size / part.length)}?${part.repeat(size / part.length)}a`;
    // two of them, as the latest query is remembered
    return () => void [readTarget(url), readTarget(`${url}b`)];
  };
  const name = (size: number) => {
    const username = `localhost/d1/?api-version=2021-04-12&model-id=${part.repeat(size / part.length)}`;
    return () => void readCaller('d1', username);
  };
  expect(growth(target, LARGEST / 8)).toBeLessThan(24);
  expect(growth(name, LARGEST / 8)).toBeLessThan(24);
});

test('an expression that tries the end from every slash grows faster', () => {
  const strip = (size: number) => {
    const text = `a${'/'.repeat(size)}a`;
    return () => void text.replace(/\/+$/, '');
  };
  expect(growth(strip, LARGEST / 256)).toBeGreaterThan(24);
});
