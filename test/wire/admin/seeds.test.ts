import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { sharedCa } from '../../support/command.ts';

const open = async () => {
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'] });
  const ask = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${emulator.adminUrl}${path}`, { method, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  return { emulator, ask, [Symbol.asyncDispose]: () => emulator.close() };
};

test('a seed is sown in any form, and a reset goes back to it', async () => {
  await using world = await open();
  const { hub, states } = world.emulator;
  const sown = await world.ask('POST', '/seed', 'devices: [{ id: "d-{i}", count: 3, tags: { n: "{i}" } }]');
  expect(JSON.parse(sown.text)).toEqual({ devices: 3, modules: 0, configurations: 0 });
  hub.twins.patch('d-2', { tags: { n: 99 } });
  states.reset();
  expect([hub.registry.list().length, hub.twins.get('d-2').twin.tags]).toEqual([4, { n: 2 }]);
  await world.ask('POST', '/seed?mode=replace', '{"id":"lone","status":"enabled"}');
  expect(hub.registry.list().map(({ key }) => key)).toEqual(['lone']);
});

test('the hub is written as a seed, without keys and names if so wished', async () => {
  await using world = await open();
  const plain = await world.ask('GET', '/seed');
  expect(JSON.parse(plain.text).devices).toMatchObject([{ id: 'oven', primaryKey: expect.any(String) }]);
  expect(await world.ask('GET', '/seed?form=yaml&keys=new&ids=pseudonyms')).toEqual({
    status: 200,
    type: 'application/yaml; charset=utf-8',
    text: 'devices:\n  - id: device-1\n',
  });
  const { text } = await world.ask('GET', '/seed?form=state');
  expect(Object.keys(JSON.parse(text).devices)).toEqual(['oven']);
  expect((await world.ask('GET', '/seed?form=devices.txt')).text).toMatch(/^\{"id":"oven",.*\}\n$/);
});

test('a seed of a test is gone after a reset', async () => {
  await using world = await open();
  await world.ask('POST', '/seed?seal=no', 'devices: [lamp]');
  expect(world.emulator.hub.registry.find('lamp')).toBeDefined();
  await world.ask('POST', '/reset');
  expect(world.emulator.hub.registry.list().map(({ key }) => key)).toEqual(['oven']);
});

test('a seed that the hub does not take as a whole changes nothing', async () => {
  await using world = await open();
  const { status, text } = await world.ask('POST', '/seed?mode=replace', 'devices: [lamp, lamp]');
  expect([status, JSON.parse(text).code]).toEqual([409, 'DeviceAlreadyExists']);
  expect(world.emulator.hub.registry.list().map(({ key }) => key)).toEqual(['oven']);
});

test('strings are given by policy, device and module, with the port for programs that are not led', async () => {
  await using world = await open();
  world.emulator.hub.registry.create({ deviceId: 'oven', moduleId: 'filter' }, {});
  const ask = async (query: string) => JSON.parse((await world.ask('GET', `/connection-string${query}`)).text);
  const host = `HostName=localhost:${world.emulator.httpsPort};`;
  expect(await ask('')).toEqual({
    connectionString: expect.stringContaining(`${host}SharedAccessKeyName=iothubowner;`),
  });
  expect(await ask('?policy=service')).toEqual({ connectionString: expect.stringContaining('Name=service;') });
  expect(await ask('?device=oven')).toEqual({ connectionString: expect.stringContaining(`${host}DeviceId=oven;`) });
  expect(await ask('?device=oven&module=filter')).toEqual({
    connectionString: expect.stringContaining('ModuleId=filter;'),
  });
  expect(await ask('?policy=nobody')).toMatchObject({ code: 'GenericNotFound' });
  expect(await ask('?device=toaster')).toMatchObject({ code: 'DeviceNotFound' });
});

test('whoever comes late learns how far events have come', async () => {
  await using world = await open();
  const { lastEvent } = JSON.parse((await world.ask('GET', '/info')).text);
  world.emulator.hub.twins.patch('oven', { tags: { a: 1 } });
  expect(JSON.parse((await world.ask('GET', `/events?format=json&since=${lastEvent}`)).text)).toMatchObject([
    { type: 'twin.updated', key: 'oven', sequence: lastEvent + 1 },
  ]);
});

test('what is no seed is refused', async () => {
  await using world = await open();
  expect((await world.ask('POST', '/seed', 'devices: 7')).status).toBe(400);
  expect((await world.ask('GET', '/seed?form=xml')).status).toBe(400);
});
