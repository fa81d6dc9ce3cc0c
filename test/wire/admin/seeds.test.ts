import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { sharedCa } from '../../support/programs/command.ts';

const open = async () => {
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'] });
  const ask = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${emulator.adminUrl}${path}`, { method, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  return { emulator, ask, [Symbol.asyncDispose]: () => emulator.close() };
};

test('a seed is applied in any form, and a reset goes back to it', async () => {
  await using world = await open();
  const { hub, snapshots } = world.emulator;
  const applied = await world.ask('POST', '/seed', 'devices: [{ id: "d-{i}", count: 3, tags: { n: "{i}" } }]');
  expect(JSON.parse(applied.text)).toEqual({ devices: 3, modules: 0, configurations: 0 });
  hub.twins.patch('d-2', { tags: { n: 99 } });
  snapshots.reset();
  expect([hub.registry.list().length, hub.twins.get('d-2').twin.tags]).toEqual([4, { n: 2 }]);
  await world.ask('POST', '/seed?mode=replace', '{"id":"lone","status":"enabled"}');
  expect(hub.registry.list().map(({ key }) => key)).toEqual(['lone']);
});

test('the hub is exported as a seed, on request without keys and ids', async () => {
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

test('a reset removes a seed that was not sealed', async () => {
  await using world = await open();
  await world.ask('POST', '/seed?seal=no', 'devices: [lamp]');
  expect(world.emulator.hub.registry.find('lamp')).toBeDefined();
  await world.ask('POST', '/reset');
  expect(world.emulator.hub.registry.list().map(({ key }) => key)).toEqual(['oven']);
});

test('a seed that the hub rejects in part changes nothing', async () => {
  await using world = await open();
  const { status, text } = await world.ask('POST', '/seed?mode=replace', 'devices: [lamp, lamp]');
  expect([status, JSON.parse(text).code]).toEqual([409, 'DeviceAlreadyExists']);
  expect(world.emulator.hub.registry.list().map(({ key }) => key)).toEqual(['oven']);
});

test('connection strings are given by policy, device and module, with the port for programs that are not redirected', async () => {
  await using world = await open();
  world.emulator.hub.registry.create({ deviceId: 'oven', moduleId: 'filter' }, {});
  const ask = async (query: string) => JSON.parse((await world.ask('GET', `/connection-string${query}`)).text);
  const host = `HostName=localhost:${world.emulator.ports.https};`;
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

test('the number of the latest event is in /info', async () => {
  await using world = await open();
  const { lastEvent } = JSON.parse((await world.ask('GET', '/info')).text);
  world.emulator.hub.twins.patch('oven', { tags: { a: 1 } });
  expect(JSON.parse((await world.ask('GET', `/events?format=json&since=${lastEvent}`)).text)).toMatchObject([
    { type: 'twin.updated', key: 'oven', sequence: lastEvent + 1 },
  ]);
});

test('what is not a seed is refused', async () => {
  await using world = await open();
  expect((await world.ask('POST', '/seed', 'devices: 7')).status).toBe(400);
  expect((await world.ask('GET', '/seed?form=xml')).status).toBe(400);
});

const ALIASES = `a: &a [1, 1]\nb: &b [${'*a,'.repeat(40)}]\nc: &c [${'*b,'.repeat(40)}]\ndevices: [${'*c,'.repeat(40)}]`;

test.each([
  ['counts that make too much of it', '{"devices":[{"id":"{i}","count":1000000,"tags":{"a":"b"}}]}', 'at most 16 MB'],
  ['aliases of aliases', ALIASES, 'Excessive alias count'],
  ['50,000 levels', `{"devices":[{"id":"a","tags":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}]}`, '600 levels'],
])('a seed with %s is refused in words', async (_, seed, words) => {
  await using world = await open();
  const { status, text } = await world.ask('POST', '/seed', seed);
  expect([status, text]).toEqual([400, expect.stringContaining(words)]);
});
