import type iothub from 'azure-iothub';

/** The clients of one SDK. */
export interface Clients {
  readonly registry: iothub.Registry;
  readonly service: iothub.Client;
  readonly jobs: iothub.JobClient;
}

type Call = (clients: Clients) => unknown;
type Done = (...outcome: unknown[]) => void;

/** Returns what `call` passes to its callback. */
const back =
  (call: (clients: Clients, done: Done) => unknown): Call =>
  (clients) =>
    new Promise((resolve) => void call(clients, (...outcome) => resolve(outcome)));

const START = new Date('2026-01-01T01:00:00Z');
const KEY = Buffer.alloc(20, 1).toString('base64');
const keys = { symmetricKey: { primaryKey: KEY, secondaryKey: KEY } };
const configuration = {
  id: 'rates',
  schemaVersion: '1.0',
  content: { deviceContent: { 'properties.desired.rate': 1 } },
  targetCondition: "tags.site = 'x'",
  priority: 3,
  metrics: { queries: { all: 'SELECT deviceId FROM devices' } },
};
const patch = { etag: '*', tags: { done: true } };

/** Calls in such an order that each finds what it needs; some of them fail. */
export const CALLS: Readonly<Record<string, Call>> = {
  'a device is made': ({ registry }) => registry.create({ deviceId: 'a', status: 'enabled' }),
  'made again': ({ registry }) => registry.create({ deviceId: 'a' }),
  'made by callback': back(({ registry }, done) => registry.create({ deviceId: 'b' }, done)),
  'made again by callback': back(({ registry }, done) => registry.create({ deviceId: 'b' }, done)),
  'made with keys': ({ registry }) => registry.create({ deviceId: 'k', authentication: keys }),
  'made without an id': ({ registry }) => registry.create({ deviceId: '' }),
  changed: ({ registry }) => registry.update({ deviceId: 'b', status: 'disabled', statusReason: 'why' }),
  read: ({ registry }) => registry.get('b'),
  'one that is not there': ({ registry }) => registry.get('nobody'),
  'one that is not there, by callback': back(({ registry }, done) => registry.get('nobody', done)),
  'one without a name': ({ registry }) => registry.get(''),
  'all of them': ({ registry }) => registry.list(),
  'all of them by callback': back(({ registry }, done) => registry.list(done)),
  deleted: ({ registry }) => registry.delete('b'),
  'deleted again': ({ registry }) => registry.delete('b'),
  'many are made': ({ registry }) => registry.addDevices([{ deviceId: 'c' }, { deviceId: 'd', authentication: keys }]),
  'some of many are there': ({ registry }) => registry.addDevices([{ deviceId: 'c' }, { deviceId: 'e' }]),
  'the same by callback': back(({ registry }, done) => registry.addDevices([{ deviceId: 'c' }], done)),
  'none is made': ({ registry }) => registry.addDevices([]),
  'too many are made': ({ registry }) =>
    registry.addDevices(Array.from({ length: 101 }, (_, n) => ({ deviceId: `x${n}` }))),
  'many are changed': ({ registry }) => registry.updateDevices([{ deviceId: 'c', status: 'disabled' }], true),
  'changed without an etag': ({ registry }) => registry.updateDevices([{ deviceId: 'c' }], false),
  'changed under an old etag': ({ registry }) => registry.updateDevices([{ deviceId: 'c', etag: 'old' }], false),
  'many are deleted': ({ registry }) => registry.removeDevices([{ deviceId: 'e' }], true),
  'deleted under an old etag': ({ registry }) => registry.removeDevices([{ deviceId: 'd', etag: 'old' }], false),
  counted: ({ registry }) => registry.getRegistryStatistics(),
  'a twin': ({ registry }) => registry.getTwin('a'),
  'a twin by callback': back(({ registry }, done) => registry.getTwin('a', done)),
  patched: ({ registry }) => registry.updateTwin('a', { tags: { site: 'y' } }, '*'),
  'patched with a text': ({ registry }) => registry.updateTwin('a', JSON.stringify({ tags: { floor: 2 } }), '*'),
  'patched over an old state': ({ registry }) => registry.updateTwin('a', { tags: { site: 'z' } }, 'AAAAAAAAAAk='),
  'patched without an etag': ({ registry }) => registry.updateTwin('a', { tags: { site: 'z' } }, ''),
  'patched with too much': ({ registry }) =>
    registry.updateTwin('a', { tags: { l: 'l'.repeat(4000), m: 'm'.repeat(4000), n: 'n'.repeat(1000) } }, '*'),
  'a module is made': ({ registry }) => registry.addModule({ deviceId: 'a', moduleId: 'm' }),
  'a module is made again': ({ registry }) => registry.addModule({ deviceId: 'a', moduleId: 'm' }),
  'a module of nobody': ({ registry }) => registry.addModule({ deviceId: 'nobody', moduleId: 'm' }),
  'a module': ({ registry }) => registry.getModule('a', 'm'),
  'no module': ({ registry }) => registry.getModule('a', 'n'),
  'all modules': ({ registry }) => registry.getModulesOnDevice('a'),
  'a module is changed': ({ registry }) =>
    registry.updateModule({ deviceId: 'a', moduleId: 'm', managedBy: 'x' }, true),
  'a module twin': ({ registry }) => registry.getModuleTwin('a', 'm'),
  'a module twin is patched': ({ registry }) =>
    registry.updateModuleTwin('a', 'm', { properties: { desired: { rate: 1 } } }, '*'),
  'a module is deleted': ({ registry }) => registry.removeModule('a', 'm'),
  'a module is deleted again': ({ registry }) => registry.removeModule('a', 'm'),
  'a query': ({ registry }) => registry.createQuery('SELECT * FROM devices').next(),
  'a page of it': back(({ registry }, done) => registry.createQuery('SELECT deviceId FROM devices', 2).next(done)),
  'twins of it': back(({ registry }, done) => registry.createQuery('SELECT * FROM devices', 2).nextAsTwin(done)),
  'no query': ({ registry }) => registry.createQuery('SELEC').next(),
  'a configuration': ({ registry }) => registry.addConfiguration(configuration),
  'a configuration again': ({ registry }) => registry.addConfiguration(configuration),
  'no configuration': ({ registry }) => registry.addConfiguration({ id: 'CAPITALS', schemaVersion: '1.0' }),
  'it is read': ({ registry }) => registry.getConfiguration('rates'),
  'one that is not there is read': ({ registry }) => registry.getConfiguration('none'),
  'all are read': ({ registry }) => registry.getConfigurations(),
  'it is changed by force': ({ registry }) => registry.updateConfiguration({ ...configuration, priority: 4 }, true),
  'it is changed under an old etag': ({ registry }) => registry.updateConfiguration({ ...configuration, etag: 'MQ==' }),
  'content for a device that is not an edge device': ({ registry }) =>
    registry.applyConfigurationContentOnDevice('a', { modulesContent: { $edgeAgent: { 'properties.desired': {} } } }),
  'it is deleted': ({ registry }) => registry.removeConfiguration('rates'),
  'a call of who is away': ({ service }) => service.invokeDeviceMethod('a', { methodName: 'm' }),
  'the same call by callback': back(({ service }, done) =>
    service.invokeDeviceMethod('a', { methodName: 'm', payload: 1, responseTimeoutInSeconds: 6 }, done),
  ),
  'a call of nobody': ({ service }) => service.invokeDeviceMethod('nobody', { methodName: 'm' }),
  'a call without a name': ({ service }) => service.invokeDeviceMethod('a', { methodName: '' }),
  'a call in no time': ({ service }) =>
    service.invokeDeviceMethod('a', { methodName: 'm', responseTimeoutInSeconds: 1 }),
  'a call that is answered': ({ service }) => service.invokeDeviceMethod('k', { methodName: 'm', payload: ['ü', 1] }),
  'a call that is answered, by callback': back(({ service }, done) =>
    service.invokeDeviceMethod('k', { methodName: 'm' }, done),
  ),
  'a twin job': ({ jobs }) => jobs.scheduleTwinUpdate('j1', "deviceId = 'a'", patch, START, 60),
  'a twin job by callback': back(({ jobs }, done) =>
    jobs.scheduleTwinUpdate('j2', "deviceId = 'a'", patch, START, 60, done),
  ),
  'a twin job again': ({ jobs }) => jobs.scheduleTwinUpdate('j1', "deviceId = 'a'", patch, START, 60),
  'a twin job without an etag': ({ jobs }) => jobs.scheduleTwinUpdate('j3', '*', { tags: {} }, START, 60),
  'a method job': ({ jobs }) => jobs.scheduleDeviceMethod('j4', '*', { methodName: 'm', payload: 5 }, START, 60),
  'a job': ({ jobs }) => jobs.getJob('j4'),
  'a job by callback': back(({ jobs }, done) => jobs.getJob('j4', done)),
  'no job': ({ jobs }) => jobs.getJob('none'),
  'called off': ({ jobs }) => jobs.cancelJob('j4'),
  'called off again': back(({ jobs }, done) => jobs.cancelJob('j4', done)),
  'jobs of a kind': ({ jobs }) => jobs.createQuery('scheduleUpdateTwin').next(),
  'jobs in a state': ({ jobs }) => jobs.createQuery('scheduleDeviceMethod', 'cancelled').next(),
};
