import { describe, expect, test } from 'vitest';
import { Authenticator } from '../../emulator/auth/authenticate.ts';
import { policies } from '../../emulator/auth/policies.ts';
import type { Log } from '../../emulator/log.ts';
import { signSas } from '../../protocol/sas.ts';
import { newHub, refusal } from '../support/hub.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const later = NOW / 1000 + 3600;

const world = (mode: 'strict' | 'off' = 'strict') => {
  const { hub } = newHub();
  const table = policies();
  const lines: string[] = [];
  const log: Log = {
    info: () => {},
    warn: (text, fields) => lines.push(`${text}: ${fields?.cause}`),
    error: () => {},
  };
  const auth = new Authenticator({ policies: table, find: (key) => hub.registry.find(key), mode, log, now: () => NOW });
  const policyToken = (name: string, options: { resource?: string; expiry?: number; key?: string } = {}) =>
    signSas({
      resource: options.resource ?? 'localhost',
      key: options.key ?? table.get(name)?.primaryKey ?? '',
      expiry: options.expiry ?? later,
      policy: name,
    });
  return { hub, auth, policyToken, lines };
};

const UNAUTHORIZED = { code: 'IotHubUnauthorizedAccess', status: 401, message: 'Unauthorized' };

describe('a service', () => {
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions
  test.each([
    ['iothubowner', ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']],
    ['service', ['ServiceConnect']],
    ['device', ['DeviceConnect']],
    ['registryRead', ['RegistryRead']],
    ['registryReadWrite', ['RegistryRead', 'RegistryWrite']],
  ] as const)('under the policy %s has just its rights', (name, rights) => {
    const { auth, policyToken } = world();
    for (const right of ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'] as const) {
      const answer = refusal(() => auth.service(policyToken(name), [right], '/twins/d1'));
      expect([right, answer]).toEqual([
        right,
        (rights as readonly string[]).includes(right) ? undefined : UNAUTHORIZED,
      ]);
    }
  });

  test('is refused without a header, with a wrong key, an unknown policy, or after expiry and five minutes', () => {
    const { auth, policyToken, lines } = world();
    const ask = (header: string | undefined) => refusal(() => auth.service(header, ['ServiceConnect'], '/twins/d1'));
    expect(ask(undefined)).toEqual(UNAUTHORIZED);
    expect(ask('Bearer x')).toEqual(UNAUTHORIZED);
    expect(ask(policyToken('service', { key: btoa('another key') }))).toEqual(UNAUTHORIZED);
    expect(ask(policyToken('nobody', { key: btoa('another key') }))).toEqual(UNAUTHORIZED);
    expect(ask(policyToken('service', { expiry: NOW / 1000 - 301 }))).toEqual(UNAUTHORIZED);
    expect(ask(policyToken('service', { expiry: NOW / 1000 - 299 }))).toBeUndefined();
    expect(lines[0]).toBe('Refused a request: Authorization header missing');
  });

  test('may name any host, and a resource that is a prefix by whole segments', () => {
    const { auth, policyToken } = world();
    const ask = (resource: string) =>
      refusal(() => auth.service(policyToken('iothubowner', { resource }), ['RegistryRead'], '/devices/d1'));
    for (const resource of ['contoso.azure-devices.net', 'localhost:8443', 'localhost/devices', 'localhost/devices/d1'])
      expect([resource, ask(resource)]).toEqual([resource, undefined]);
    for (const resource of ['localhost/devices/d', 'localhost/devices/d2', 'localhost/twins'])
      expect([resource, ask(resource)]).toEqual([resource, UNAUTHORIZED]);
  });
});

describe('a device', () => {
  const connect = (options: { resource?: string; key?: string; expiry?: number; policy?: string } = {}) => {
    const { hub, auth, policyToken } = world();
    const { primaryKey } = hub.registry.create({ deviceId: 'd1' }, {}).identity.authentication;
    hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
    const password =
      options.policy === undefined
        ? signSas({
            resource: options.resource ?? 'localhost/devices/d1',
            key: options.key ?? primaryKey ?? '',
            expiry: options.expiry ?? later,
          })
        : policyToken(options.policy, { resource: options.resource ?? 'localhost/devices/d1' });
    return { hub, auth, enter: (key = 'd1') => refusal(() => auth.device({ key, password })) };
  };

  test('comes in with its own key, or with a policy that may connect devices', () => {
    expect(connect().enter()).toBeUndefined();
    expect(connect({ policy: 'device' }).enter()).toBeUndefined();
    expect(connect({ policy: 'iothubowner', resource: 'localhost' }).enter()).toBeUndefined();
    expect(
      connect({ resource: 'contoso.azure-devices.net/devices/D1/api-version=2016-11-14' }).enter(),
    ).toBeUndefined();
    expect(connect({ policy: 'service' }).enter()).toEqual(UNAUTHORIZED);
  });

  test('is refused with another key, resource or name, and after expiry', () => {
    expect(connect({ key: btoa('another key') }).enter()).toEqual(UNAUTHORIZED);
    expect(connect({ resource: 'localhost/devices/d2' }).enter()).toEqual(UNAUTHORIZED);
    expect(connect({ resource: 'localhost/devices/d11' }).enter()).toEqual(UNAUTHORIZED);
    expect(connect({ expiry: NOW / 1000 - 301 }).enter()).toEqual(UNAUTHORIZED);
    expect(connect().enter('nobody')).toEqual(UNAUTHORIZED);
  });

  test('brings its modules in by its own key, but no module brings in the device', () => {
    expect(connect().enter('d1/m1')).toBeUndefined();
    expect(connect({ resource: 'localhost/devices/d1/modules/m1' }).enter()).toEqual(UNAUTHORIZED);
  });

  test('that is disabled is refused', () => {
    const { hub, enter } = connect();
    hub.registry.replace({ deviceId: 'd1' }, { status: 'disabled' }, '*');
    expect([enter(), enter('d1/m1')]).toEqual([UNAUTHORIZED, UNAUTHORIZED]);
  });

  test('with a self-signed certificate is known by its thumbprint, in any case', () => {
    const { hub, auth } = world();
    const primaryThumbprint = 'ab'.repeat(20);
    hub.registry.create(
      { deviceId: 'x' },
      { authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint } } },
    );
    const certificate = {
      sha1: 'AB'.repeat(20),
      sha256: 'CD'.repeat(32),
      commonName: 'x',
      trusted: false,
      inDate: true,
    };
    expect(auth.device({ key: 'x', password: undefined, certificate }).method).toBe('x509');
    expect(
      refusal(() =>
        auth.device({ key: 'x', password: undefined, certificate: { ...certificate, sha1: '00'.repeat(20) } }),
      ),
    ).toEqual(UNAUTHORIZED);
    expect(refusal(() => auth.device({ key: 'x', password: undefined }))).toEqual(UNAUTHORIZED);
  });
});

test('with authentication off everybody who exists comes in, and the log says what was wrong', () => {
  const { hub, auth, lines } = world('off');
  hub.registry.create({ deviceId: 'd1' }, {});
  auth.service(undefined, ['ServiceConnect'], '/twins/d1');
  auth.device({ key: 'd1', password: 'nonsense' });
  expect(refusal(() => auth.device({ key: 'nobody', password: 'nonsense' }))).toEqual(UNAUTHORIZED);
  expect(lines.slice(0, 2)).toEqual([
    'Would have refused a request: Authorization header missing',
    'Would have refused a connection: the password is no shared access signature',
  ]);
});
