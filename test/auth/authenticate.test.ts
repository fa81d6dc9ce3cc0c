import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Authenticator } from '../../emulator/auth/authenticate.ts';
import { policies } from '../../emulator/auth/policies.ts';
import { type Log, type LogFields, silentLog } from '../../emulator/log.ts';
import { signSas } from '../../protocol/sas.ts';
import { newHub, refusal } from '../support/hub/hub.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const later = NOW / 1000 + 3600;

const world = (mode: 'strict' | 'off' = 'strict') => {
  const { hub } = newHub();
  const table = policies();
  const lines: LogFields[] = [];
  const log: Log = { ...silentLog, warn: (text, fields) => lines.push({ text, ...fields }) };
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
    expect(lines[0]).toEqual({
      text: 'Refused a request',
      path: '/twins/d1',
      cause: 'the request has no Authorization header',
      remedy: 'sign it with the key of a policy: iothub-emulator connection-string',
    });
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

  test('is admitted with its own key, or with the key of a policy that may connect devices', () => {
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

  test('may sign for its modules, but a module may not sign for the device', () => {
    expect(connect().enter('d1/m1')).toBeUndefined();
    expect(connect({ resource: 'localhost/devices/d1/modules/m1' }).enter()).toEqual(UNAUTHORIZED);
  });

  // https://github.com/Azure/azure-iot-sdk-java, iot-e2e-tests/…/helpers/DeviceConnectionString.java: the key of the device, and
  // the id of the module, which the SDK makes a token for the module of
  test('may sign for one of its modules by name, but not for those of others', () => {
    const { enter } = connect({ resource: 'localhost/devices/d1/modules/m1' });
    expect(enter('d1/m1')).toBeUndefined();
    expect(connect({ resource: 'localhost/devices/d1/modules/m2' }).enter('d1/m1')).toEqual(UNAUTHORIZED);
    expect(connect({ resource: 'localhost/devices/d1/modules/m1', key: btoa('another') }).enter('d1/m1')).toEqual(
      UNAUTHORIZED,
    );
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
    expect(auth.device({ key: 'x', password: undefined, certificate })).toMatchObject({ key: 'x', method: 'x509' });
    expect(
      refusal(() =>
        auth.device({ key: 'x', password: undefined, certificate: { ...certificate, sha1: '00'.repeat(20) } }),
      ),
    ).toEqual(UNAUTHORIZED);
    expect(refusal(() => auth.device({ key: 'x', password: undefined }))).toEqual(UNAUTHORIZED);
  });
});

test('servers get the caller, its rights and the end of its token', () => {
  const { hub, auth, policyToken } = world();
  const key = hub.registry.create({ deviceId: 'd1' }, {}).identity.authentication.primaryKey ?? '';
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const password = signSas({ resource: 'localhost/devices/d1', key, expiry: later });
  const expiresAt = later * 1000 + 300_000; // five minutes of clock skew
  const own = { rights: ['DeviceConnect'], expiresAt, method: 'sas' };
  expect(auth.device({ key: 'd1', password })).toEqual({ kind: 'device', key: 'd1', ...own });
  expect(auth.device({ key: 'd1/m1', password })).toEqual({ kind: 'module', key: 'd1/m1', ...own });
  expect(
    auth.service(policyToken('service', { resource: 'sb://localhost/twins' }), ['ServiceConnect'], '/twins/d1'),
  ).toEqual({
    kind: 'policy',
    policy: 'service',
    scope: ['twins'],
    rights: ['ServiceConnect'],
    expiresAt,
    method: 'sas',
  });
});

// azeventhubs 2.0.2 for Go signs `amqps://{host}/{entity}` in lower case with the characters of the key (internal/sas/sas.go), and so
// does azure_messaging_eventhubs 0.16.0 for Rust, in its own case (src/common/sas_credential.rs)
test.each(['amqps%3a%2f%2flocalhost%2fevents%2f%24management', 'amqps%3A%2F%2Flocalhost%2Fevents'])(
  'a token of an Event Hubs client for %s is signed with the characters of the key',
  (sr) => {
    const { auth, policyToken } = world();
    const key = policies().get('service')?.primaryKey ?? '';
    const sig = createHmac('sha256', key).update(`${sr}\n${later}`).digest('base64');
    const token = `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${later}&skn=service`;
    expect(refusal(() => auth.service(token, ['ServiceConnect'], '/events/$management'))).toBeUndefined();
    const hubs = policyToken('service', { resource: 'amqps://localhost/events' });
    expect(refusal(() => auth.service(hubs, ['ServiceConnect'], '/events'))).toBeUndefined();
  },
);

test('a token that was accepted before is refused once its key was replaced', () => {
  const { hub, auth } = world();
  const key = hub.registry.create({ deviceId: 'd1' }, {}).identity.authentication.primaryKey ?? '';
  const password = signSas({ resource: 'localhost/devices/d1', key, expiry: later });
  expect(refusal(() => auth.device({ key: 'd1', password }))).toBeUndefined();
  const symmetricKey = { primaryKey: btoa('another key, primary'), secondaryKey: btoa('another key, secondary') };
  hub.registry.replace({ deviceId: 'd1' }, { authentication: { type: 'sas', symmetricKey } }, '*');
  expect(refusal(() => auth.device({ key: 'd1', password }))).toEqual(UNAUTHORIZED);
});

test('with authentication off all callers are admitted except unknown devices, and the log has the causes', () => {
  const { hub, auth, lines } = world('off');
  hub.registry.create({ deviceId: 'd1' }, {});
  const owner = auth.service(undefined, ['ServiceConnect'], '/twins/d1');
  expect(owner).toMatchObject({ kind: 'policy', policy: 'iothubowner', method: 'none' });
  expect(auth.device({ key: 'd1', password: 'nonsense' })).toMatchObject({ kind: 'device', key: 'd1', method: 'none' });
  expect(refusal(() => auth.device({ key: 'nobody', password: 'nonsense' }))).toEqual(UNAUTHORIZED);
  expect(lines.map(({ text, cause }) => `${text}: ${cause}`)).toEqual([
    'Would have refused a request: the request has no Authorization header',
    'Would have refused a connection: the password is not a valid shared access signature',
    'Would have refused a connection: the device or module does not exist',
  ]);
});

test('what a client sent decides neither cause nor remedy', () => {
  const { hub, auth, lines } = world();
  hub.registry.create({ deviceId: 'expired-1' }, {});
  const password = signSas({ resource: 'localhost/devices/{device}-disabled\n', key: btoa('k'), expiry: later });
  expect(refusal(() => auth.device({ key: 'expired-1', password }))).toEqual(UNAUTHORIZED);
  expect(lines).toEqual([
    {
      text: 'Refused a connection',
      device: 'expired-1',
      cause: "the token's resource localhost/devices/{device}-disabled? does not cover devices/expired-1",
      remedy: 'make a token for the host name, or for the host name followed by devices/expired-1',
    },
  ]);
});
