import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Json } from '../../../protocol/json.ts';
import type { RoutingInput } from '../../../protocol/routing.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const newWorld = (routing?: RoutingInput) => {
  const world = newHub({ partitions: 1, hostName: 'contoso.azure-devices.net' });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  if (routing !== undefined) world.hub.router.replace(routing);
  return world;
};

const send = (hub: Hub, properties: Record<string, string> = {}, text = '{}'): void =>
  hub.telemetry.receive('d1', {
    body: new TextEncoder().encode(text),
    properties,
    system: { contentType: 'application/json', contentEncoding: 'utf-8' },
  });

const propertiesIn = (hub: Hub, eventHub: string) =>
  hub.stream.read({ eventHub, partition: 0 }, 0, 100).map(({ message }) => message.properties);

const hot: RoutingInput = {
  endpoints: { eventHubs: [{ name: 'hot' }] },
  routes: [{ name: 'alarms', source: 'DeviceMessages', condition: "level = 'high'", endpointNames: ['hot'] }],
  fallbackRoute: { isEnabled: true },
};

test('without routes, messages go to the built-in endpoint', () => {
  const { hub, events } = newWorld();
  send(hub, { n: '1' });
  expect(propertiesIn(hub, 'events')).toEqual([{ n: '1' }]);
  expect(hub.router.counts).toEqual({ matched: {}, undecided: {}, fallback: 1, orphaned: 0, invalid: 0 });
  expect(events.at(-1)).toMatchObject({ type: 'telemetry', routes: ['$fallback'], endpoints: ['events'] });
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c#fallback-route
test('a message that a route takes does not go to the built-in endpoint, any other does', () => {
  const { hub, events } = newWorld(hot);
  send(hub, { level: 'high' });
  send(hub, { level: 'low' });
  expect(propertiesIn(hub, 'hot')).toEqual([{ level: 'high' }]);
  expect(propertiesIn(hub, 'events')).toEqual([{ level: 'low' }]);
  expect(hub.router.counts).toMatchObject({ matched: { alarms: 1 }, fallback: 1 });
  expect(events.filter(({ type }) => type === 'telemetry')).toMatchObject([
    { routes: ['alarms'], endpoints: ['hot'] },
    { routes: ['$fallback'], endpoints: ['events'] },
  ]);
});

test('without a fallback route, a message that no route takes is lost, and counted', () => {
  const { hub, events } = newWorld({ ...hot, fallbackRoute: undefined });
  send(hub);
  expect(propertiesIn(hub, 'events')).toEqual([]);
  expect(hub.router.counts).toMatchObject({ undecided: { alarms: 1 }, fallback: 0, orphaned: 1 });
  expect(events.at(-1)).toMatchObject({ type: 'telemetry', routes: [], endpoints: [] });
});

test('several routes to one endpoint deliver a message once; a disabled route takes none', () => {
  const { hub } = newWorld({
    routes: [
      { name: 'a', source: 'DeviceMessages', endpointNames: ['events'] },
      { name: 'b', source: 'DeviceMessages', condition: '$body.x = 1', endpointNames: ['events'] },
      { name: 'c', source: 'DeviceMessages', endpointNames: ['events'], isEnabled: false },
    ],
  });
  send(hub, {}, '{"x":1}');
  expect(propertiesIn(hub, 'events')).toHaveLength(1);
  expect(hub.router.counts.matched).toEqual({ a: 1, b: 1 });
});

test('each message says the routes that took it, however many there are and whatever others took before', () => {
  const ids = Array.from({ length: 12 }, (_, i) => `r${i}`);
  const { hub, events } = newWorld({
    routes: ids.map((name) => ({
      ...{ name, source: 'DeviceMessages' as const, condition: `${name} = 'x'`, endpointNames: ['events'] },
    })),
  });
  const routesOf = (names: readonly string[]): unknown => {
    send(hub, Object.fromEntries(names.map((name) => [name, 'x'])));
    const latest = events.at(-1);
    return latest?.type === 'telemetry' && [latest.routes, latest.endpoints];
  };
  for (const names of [ids, ['r3'], ['r3', 'r9'], ids.slice(1), ['r0', 'r11'], ['r9'], ids])
    expect(routesOf(names)).toEqual([names, ['events']]);
});

test('a route can ask for the twin of the sender', () => {
  const { hub } = newWorld({
    ...hot,
    routes: [{ name: 'r', source: 'DeviceMessages', condition: '$twin.tags.floor = 3', endpointNames: ['hot'] }],
  });
  send(hub);
  hub.twins.patch('d1', { tags: { floor: 3 } });
  send(hub, { second: 'true' });
  expect(propertiesIn(hub, 'hot')).toEqual([{ second: 'true' }]);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview
test('enrichments stamp messages for their endpoint, after the routes have seen them', () => {
  const { hub } = newWorld({
    ...hot,
    enrichments: [
      { key: 'hub', value: '$iothubname', endpointNames: ['hot'] },
      { key: 'floor', value: '$twin.tags.floor', endpointNames: ['hot'] },
      { key: 'wish', value: '$twin.properties.desired.celsius', endpointNames: ['hot'] },
      { key: 'none', value: '$twin.tags.none', endpointNames: ['hot'] },
      { key: 'site', value: 'Oslo', endpointNames: ['hot', 'events'] },
      { key: 'level', value: 'high', endpointNames: ['events'] },
    ],
  });
  hub.twins.patch('d1', { tags: { floor: 3 }, properties: { desired: { celsius: 180 } } });
  send(hub, { level: 'high' });
  send(hub, { level: 'low' });
  expect(propertiesIn(hub, 'hot')).toEqual([
    { level: 'high', hub: 'contoso', floor: '3', wish: '180', none: '$twin.tags.none', site: 'Oslo' },
  ]);
  expect(propertiesIn(hub, 'events')).toEqual([{ level: 'high', site: 'Oslo' }]);
});

test('a message that its enrichment makes too large is lost, and counted', () => {
  const { hub } = newWorld({
    ...hot,
    enrichments: [{ key: 'k', value: 'v'.repeat(100), endpointNames: ['events'] }],
  });
  send(hub, {}, '"'.padEnd(262_100, 'x'));
  expect(propertiesIn(hub, 'events')).toEqual([]);
  expect(hub.router.counts).toMatchObject({ fallback: 1, invalid: 1 });
});

test('the block of a template is taken as it is, and what the emulator does not have is refused by name', () => {
  const { hub } = newWorld();
  // https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routingproperties
  const block: Json = {
    endpoints: {
      eventHubs: [{ name: 'hot', connectionString: 'Endpoint=sb://a/;EntityPath=b', id: '1', resourceGroup: 'rg' }],
      serviceBusQueues: [],
      storageContainers: [],
    },
    routes: [],
    fallbackRoute: {
      name: '$fallback',
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: ['events'],
      isEnabled: true,
    },
  };
  hub.router.replace(block);
  expect(hub.router.eventHubs).toEqual(['events', 'hot']);
  expect(refusal(() => hub.router.replace({ endpoints: { cosmosDBSqlContainers: [{ name: 'cold' }] } }))).toMatchObject(
    {
      code: 'ArgumentInvalid',
      message: expect.stringContaining('the emulator has no Cosmos DB containers'),
    },
  );
  expect(hub.router.eventHubs).toEqual(['events', 'hot']);
});

test.each<[string, object, string]>([
  ['an unknown source', { routes: [{ name: 'r', source: 'Other', endpointNames: ['events'] }] }, 'routes.0.source'],
  [
    'an unknown endpoint',
    { routes: [{ name: 'r', source: 'DeviceMessages', endpointNames: ['cold'] }] },
    'there is no endpoint cold',
  ],
  [
    'two endpoints',
    { routes: [{ name: 'r', source: 'DeviceMessages', endpointNames: ['events', 'events'] }] },
    'routes.0.endpointNames',
  ],
  [
    'a condition that cannot be read',
    { routes: [{ name: 'r', source: 'DeviceMessages', condition: 'level =', endpointNames: ['events'] }] },
    'routes.r.condition',
  ],
  ['a reserved name', { endpoints: { eventHubs: [{ name: 'Events' }] } }, 'the name Events is reserved'],
  ['a name with a slash', { endpoints: { eventHubs: [{ name: 'a/b' }] } }, 'a/b is not a valid name'],
  ['the same name twice', { endpoints: { eventHubs: [{ name: 'a' }, { name: 'A' }] } }, 'the name A is there twice'],
  [
    'an enrichment for an unknown endpoint',
    { enrichments: [{ key: 'a', value: 'b', endpointNames: ['x'] }] },
    'enrichments.a',
  ],
])('%s is refused, with its place', (_, routing, text) => {
  const { hub } = newWorld();
  expect(refusal(() => hub.router.replace(routing))).toMatchObject({
    code: 'ArgumentInvalid',
    message: expect.stringContaining(text),
  });
});

test('an endpoint that is gone takes its events with it', () => {
  const { hub } = newWorld(hot);
  send(hub, { level: 'high' });
  hub.router.replace({});
  hub.router.replace(hot);
  expect(propertiesIn(hub, 'hot')).toEqual([]);
});
