import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderIdentity } from '../../../emulator/hub/registry/identity-document.ts';
import { newHub, newSession, refusal } from '../../support/hub/hub.ts';

describe('creating', () => {
  // https://learn.microsoft.com/rest/api/iothub/service/devices/create-or-update-identity
  test('a device answers the whole identity, members in order', () => {
    const { hub } = newHub();
    const device = renderIdentity(hub.registry.create({ deviceId: 'd1' }, { deviceId: 'd1', statusReason: 'new' }));
    expect(device).toMatchObject({
      deviceId: 'd1',
      connectionState: 'Disconnected',
      status: 'enabled',
      statusReason: 'new',
      connectionStateUpdatedTime: '0001-01-01T00:00:00Z',
      statusUpdatedTime: '0001-01-01T00:00:00Z',
      lastActivityTime: '0001-01-01T00:00:00Z',
      cloudToDeviceMessageCount: 0,
      capabilities: { iotEdge: false },
    });
    expect(Object.keys(device)).toEqual([
      'deviceId',
      'generationId',
      'etag',
      'connectionState',
      'status',
      'statusReason',
      'connectionStateUpdatedTime',
      'statusUpdatedTime',
      'lastActivityTime',
      'cloudToDeviceMessageCount',
      'authentication',
      'capabilities',
    ]);
    expect(device.generationId).toMatch(/^\d{18}$/);
  });

  test('without keys derives them from the seed, so that anyone can compute them', () => {
    const { hub } = newHub();
    const { authentication } = hub.registry.create(
      { deviceId: 'd1' },
      { authentication: { symmetricKey: { primaryKey: '', secondaryKey: '' } } },
    ).identity;
    const key = (text: string) => createHmac('sha256', '42').update(text).digest('base64');
    expect(authentication).toMatchObject({
      type: 'sas',
      primaryKey: key('d1\nprimary\n0'),
      secondaryKey: key('d1\nsecondary\n0'),
    });
  });

  test('with keys gives them back unchanged', () => {
    const { hub } = newHub();
    const symmetricKey = { primaryKey: btoa('0123456789abcdef'), secondaryKey: btoa('f'.repeat(64)) };
    const { authentication } = hub.registry.create({ deviceId: 'd1' }, { authentication: { symmetricKey } }).identity;
    expect(authentication).toMatchObject(symmetricKey);
  });

  test.each([
    [
      { symmetricKey: { primaryKey: btoa('0123456789abcdef'), secondaryKey: '' } },
      'Either no keys or both keys can be set',
    ],
    [{ symmetricKey: { primaryKey: btoa('short'), secondaryKey: btoa('short') } }, 'Invalid device key length'],
    [{ type: 'none' }, 'DeviceAuthenticationTypeIsMissing'],
    [{ type: 'selfSigned', x509Thumbprint: { primaryThumbprint: 'AB:CD' } }, 'StringIsNotThumbprint'],
  ])('with %j is refused', (authentication, message) => {
    const { hub } = newHub();
    expect(refusal(() => hub.registry.create({ deviceId: 'd1' }, { authentication }))).toEqual({
      code: 'ArgumentInvalid',
      status: 400,
      message,
    });
  });

  test('what exists is a conflict', () => {
    const { hub } = newHub();
    hub.registry.put({ deviceId: 'd1' }, {});
    hub.registry.put({ deviceId: 'd1', moduleId: 'm1' }, {});
    expect(refusal(() => hub.registry.put({ deviceId: 'd1' }, {}))).toEqual({
      code: 'DeviceAlreadyExists',
      status: 409,
      message: "A device with ID 'd1' is already registered.",
    });
    expect(refusal(() => hub.registry.put({ deviceId: 'd1', moduleId: 'm1' }, {}))).toEqual({
      code: 'ModuleAlreadyExistsOnDevice',
      status: 409,
      message: 'Device d1 in IotHub localhost already contains Module m1.',
    });
  });

  test.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(129)])('the id %j is refused', (deviceId) => {
    const { hub } = newHub();
    expect(refusal(() => hub.registry.create({ deviceId }, {}))).toMatchObject({
      code: 'ArgumentInvalid',
      status: 400,
    });
  });

  test("every mark of the registry's list makes an id, 128 characters long", () => {
    const { hub } = newHub();
    const deviceId = "-:.+%_#*?!(),=@;$'".padEnd(128, 'Aa0');
    expect(hub.registry.create({ deviceId }, {}).identity.deviceId).toBe(deviceId);
  });
});

describe('replacing', () => {
  test('what does not exist is 404, a stale etag 412, a current one or * is taken', () => {
    const { hub } = newHub();
    expect(refusal(() => hub.registry.put({ deviceId: 'd1' }, {}, '*'))).toEqual({
      code: 'DeviceNotFound',
      status: 404,
      message: 'd1',
    });
    const { identity } = hub.registry.create({ deviceId: 'd1' }, {});
    expect(refusal(() => hub.registry.put({ deviceId: 'd1' }, {}, btoa('957482804')))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
      message: `Precondition failed: Device version did not match, existingVersion:${atob(identity.etag)} newVersion:957482804`,
    });
    const next = hub.registry.put({ deviceId: 'd1' }, {}, identity.etag);
    expect(next.identity.etag).not.toBe(identity.etag);
    expect(next.identity.generationId).toBe(identity.generationId);
    expect(next.twin).toBe(hub.registry.get('d1').twin);
    hub.registry.put({ deviceId: 'd1' }, {}, '*');
  });

  test('clears a status reason that is left out and keeps derived keys', () => {
    const { hub } = newHub();
    const before = hub.registry.create({ deviceId: 'd1' }, { statusReason: 'why' }).identity;
    const after = hub.registry.replace({ deviceId: 'd1' }, {}, '*').identity;
    expect(after.statusReason).toBeNull();
    expect(after.authentication).toEqual(before.authentication);
  });

  test('by a disabled state drops the connections of the device and its modules', () => {
    const { hub, clock } = newHub();
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
    const device = newSession('d1');
    const module = newSession('d1/m1');
    hub.sessions.open(device.session, { resume: true });
    hub.sessions.open(module.session, { resume: true });
    clock.advance(1000);
    const { identity, presence } = hub.registry.replace({ deviceId: 'd1' }, { status: 'disabled' }, '*');
    expect([identity.status, identity.statusUpdatedTime, presence.connected]).toEqual([
      'disabled',
      '2026-01-01T00:00:01Z',
      false,
    ]);
    expect([device.closed, module.closed]).toEqual([['disabled'], ['disabled']]);
    expect(hub.registry.statistics()).toEqual({ totalDeviceCount: 1, enabledDeviceCount: 0, disabledDeviceCount: 1 });
  });
});

describe('deleting', () => {
  test('needs an etag', () => {
    const { hub } = newHub();
    hub.registry.create({ deviceId: 'd1' }, {});
    const answer = refusal(() => hub.registry.delete({ deviceId: 'd1' }, undefined));
    expect(answer).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(answer?.message).toContain('Etag missing');
  });

  test('takes the twin, the modules, the connection and the subscriptions along', () => {
    const { hub } = newHub();
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
    const { session, closed } = newSession('d1');
    hub.sessions.open(session, { resume: true });
    hub.sessions.subscribe(session, 'desired', 1);
    hub.registry.delete({ deviceId: 'd1' }, '*');
    expect(closed).toEqual(['deleted']);
    expect(hub.registry.statistics().totalDeviceCount).toBe(0);
    expect(refusal(() => hub.twins.get('d1/m1'))).toMatchObject({ code: 'DeviceNotFound', status: 404 });
    hub.registry.create({ deviceId: 'd1' }, {});
    expect(hub.sessions.open(newSession('d1').session, { resume: true })).toEqual({ resumed: false });
  });
});

describe('listing', () => {
  test('gives up to `top` devices, 1 to 1000', () => {
    const { hub } = newHub();
    for (const deviceId of ['a', 'b', 'c']) hub.registry.create({ deviceId }, {});
    expect(hub.registry.list(2).map((member) => member.key)).toEqual(['a', 'b']);
    expect(hub.registry.list().length).toBe(3);
    for (const top of [0, 1001, 1.5, Number.NaN])
      expect(refusal(() => hub.registry.list(top))).toMatchObject({ code: 'ArgumentInvalid', status: 400 });
  });
});
