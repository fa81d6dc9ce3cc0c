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

test('what is no seed is refused', async () => {
  await using world = await open();
  expect((await world.ask('POST', '/seed', 'devices: 7')).status).toBe(400);
  expect((await world.ask('GET', '/seed?form=xml')).status).toBe(400);
});
