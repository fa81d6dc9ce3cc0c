import { expect, test } from 'vitest';
import { collectionsOf } from '../../../emulator/hub/collections.ts';
import { memberReader } from '../../../emulator/hub/query/members.ts';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import type { Json } from '../../../protocol/json.ts';
import { isObject } from '../../../protocol/json.ts';
import { newHub, newSession } from '../../support/hub/hub.ts';

/** Every path of a document, and some that do not exist. */
const pathsOf = (value: Json, path: readonly string[] = []): (readonly string[])[] => [
  ...(path.length === 0 ? [] : [path]),
  [...path, 'nowhere'],
  [...path, 'length'],
  [...path, 'constructor'],
  [...path, '__proto__'],
  ...(isObject(value) ? Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key])) : []),
];

const fleet = () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'plain' }, {});
  hub.registry.create(
    { deviceId: 'full' },
    {
      status: 'disabled',
      statusReason: 'spare',
      capabilities: { iotEdge: true },
      authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: 'A'.repeat(40) } },
    },
  );
  const body = JSON.parse(
    '{"tags":{"a":{"b":[1,{"c":2}]},"__proto__":{"x":1},"length":3},"properties":{"desired":{"p":{"q":true}}}}',
  );
  hub.twins.patch('full', body);
  hub.twins.report('full', { r: 1.5, constructor: { s: 'text' } });
  hub.registry.create({ deviceId: 'plain', moduleId: 'm' }, {});
  hub.sessions.open(newSession('plain').session, { resume: false, modelId: 'dtmi:a;1' });
  return hub;
};

test('every path reads the same in a row and in its rendered document', () => {
  const hub = fleet();
  const { devices, modules } = collectionsOf(hub.fleet, hub.jobs.rows);
  for (const { reader, render, name } of [devices, modules]) {
    const table = name === 'devices' ? hub.fleet.devices : hub.fleet.modules;
    for (const member of table.rows()) {
      const document = renderTwin(member);
      expect(render(member)).toEqual(document);
      for (const path of pathsOf(document)) {
        const read = reader(path)(member);
        expect([path, read]).toEqual([path, memberReader(path)(document)]);
      }
    }
  }
});

test('queries read devices, modules and jobs', () => {
  const hub = fleet();
  const answer = (text: string) => hub.queries.runNow(hub.queries.parse(text)).items;
  expect(answer("SELECT deviceId, tags.length FROM devices WHERE status = 'disabled'")).toEqual([
    { deviceId: 'full', length: 3 },
  ]);
  expect(answer("SELECT DeviceId FROM devices WHERE CONNECTIONSTATE = 'Connected' AND modelId = 'dtmi:a;1'")).toEqual([
    { deviceId: 'plain' },
  ]);
  expect(answer("SELECT moduleId FROM devices.modules WHERE deviceId IN ['plain']")).toEqual([{ moduleId: 'm' }]);
  expect(answer('SELECT * FROM devices.jobs')).toEqual([]);
  const [whole] = answer('SELECT * FROM devices WHERE properties.reported.r = 1.5');
  expect(whole).toEqual(renderTwin(hub.twins.get('full')));
});
