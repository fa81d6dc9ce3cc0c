import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';
import { type Emulator, startEmulator } from 'iothub-emulator';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { delayUntilShown } from './support/delay.ts';

// Each place of the page, as the emulator serves it, while Microsoft's SDKs act.

const TIMES = 5;
const MOST_TIMES = 30;
/** What a person takes for at once, ms. */
const AT_ONCE = 200;

let emulator: Emulator;
let browser: Browser;
let client: device.Client;
let twin: device.Twin;
let registry: iothub.Registry;
let jobs: iothub.JobClient;

beforeAll(async () => {
  const later = Array.from({ length: MOST_TIMES }, (_, n) => `later-${n}`);
  emulator = await startEmulator({ trust: 'process', devices: ['d1', ...later] });
  await setUp();
  browser = await launchBrowser();
  client = device.Client.fromConnectionString(emulator.deviceConnectionString('d1'), mqtt.Mqtt);
  await client.open();
  twin = await client.getTwin();
  registry = iothub.Registry.fromConnectionString(emulator.connectionString());
  jobs = iothub.JobClient.fromConnectionString(emulator.connectionString());
});

afterAll(async () => {
  await browser?.close();
  await client?.close();
  await emulator?.close();
});

/** A route, a snapshot, and a fault that strikes those who ask for statistics. */
const setUp = async (): Promise<void> => {
  const tell = (method: string, path: string, body: object) =>
    fetch(`${emulator.adminUrl}${path}`, { method, body: JSON.stringify(body) });
  await tell('PUT', '/routing', {
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [{ name: 'hot', source: 'DeviceMessages', condition: '$body.temperature > 30', endpointNames: ['hot'] }],
    fallbackRoute: { isEnabled: true },
  });
  await tell('POST', '/snapshots', { name: 'before' });
  emulator.hub.faults.add({ id: 'slow', match: { path: '/statistics/*' }, effect: { type: 'delay', ms: 1 } });
};

const report = (patch: object): Promise<void> =>
  new Promise((done, failed) =>
    twin.properties.reported.update(patch, (error?: Error) => (error ? failed(error) : done())),
  );
const send = (body: object) => {
  const message = new device.Message(JSON.stringify(body));
  [message.contentType, message.contentEncoding] = ['application/json', 'utf-8'];
  return client.sendEvent(message);
};
const connect = async (id: string): Promise<void> => {
  const other = device.Client.fromConnectionString(emulator.deviceConnectionString(id), mqtt.Mqtt);
  await other.open();
  await other.close();
};

const TOMORROW = new Date(Date.now() + 86_400_000);
const LIVE = encodeURIComponent('SELECT deviceId, properties.reported.query AS found FROM devices');

const medianOf = (delays: readonly number[]): number =>
  delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY;

interface Story {
  readonly does: string;
  readonly path: string;
  /** What is there before. */
  readonly ready: string;
  /** What the SDK does for the nth time. */
  readonly act: (n: number) => Promise<unknown>;
  /** What it does when that was seen, where the hub takes only some of them. */
  readonly undo?: (n: number) => Promise<unknown>;
  /** The event of the hub that this is. */
  readonly event: string;
  /** What the page then shows. */
  readonly shows: (n: number) => string;
}

const STORIES: readonly Story[] = [
  {
    does: 'Overview tells what a device sends',
    path: 'overview',
    ready: 'Happening now',
    act: (n) => send({ overview: n }),
    event: 'telemetry',
    shows: (n) => `d1 sent {"overview":${n}}`,
  },
  {
    does: 'Devices lists a device that a service app creates',
    path: 'devices',
    ready: 'later-4',
    act: (n) => registry.create({ deviceId: `a-new-${n}` }),
    event: 'identity.created',
    shows: (n) => `a-new-${n}`,
  },
  {
    does: 'Device shows what it reports',
    path: 'devices/d1/twin',
    ready: 'reported',
    act: (n) => report({ door: `open-${n}` }),
    event: 'twin.reported',
    shows: (n) => `"open-${n}"`,
  },
  {
    does: 'History shows the new version of a twin',
    path: 'history',
    ready: 'Latest changes',
    act: (n) => report({ latest: `now-${n}` }),
    event: 'twin.reported',
    shows: (n) => `now-${n}`,
  },
  {
    does: 'Device shows the new version in its history',
    path: 'devices/d1/history',
    ready: 'The twin as of version',
    act: (n) => report({ past: `then-${n}` }),
    event: 'twin.reported',
    shows: (n) => `then-${n}`,
  },
  {
    does: 'Query follows the twins',
    path: `query?sql=${LIVE}&live=yes`,
    ready: 'later-4',
    act: (n) => report({ query: `found-${n}` }),
    event: 'twin.reported',
    shows: (n) => `found-${n}`,
  },
  {
    does: 'Messages shows what a device sends',
    path: 'messages',
    ready: 'Messages',
    act: (n) => send({ message: `body-${n}` }),
    event: 'telemetry',
    shows: (n) => `{"message":"body-${n}"}`,
  },
  {
    does: 'Traffic shows what a service app asks',
    path: 'traffic',
    ready: 'd1',
    act: (n) => registry.updateTwin('d1', { tags: { asked: `tag-${n}` } }, '*'),
    event: 'twin.updated',
    shows: (n) => `tag-${n}`,
  },
  {
    does: 'Configurations lists one that a service app adds',
    path: 'configurations',
    ready: 'No configuration yet.',
    act: (n) =>
      registry.addConfiguration({
        id: `rates-${n}`,
        content: { deviceContent: { 'properties.desired.rate': n } },
        targetCondition: 'tags.none = 1',
        priority: n,
      } as unknown as iothub.Configuration), // what the service fills in is required there
    event: 'configuration.created',
    shows: (n) => `rates-${n}`,
  },
  {
    does: 'Jobs lists one that a service app schedules',
    path: 'jobs',
    ready: 'No job yet.',
    act: (n) => jobs.scheduleTwinUpdate(`job-${n}`, '*', { etag: '*', tags: { n } }, TOMORROW),
    event: 'job.changed',
    shows: (n) => `job-${n}`,
  },
  {
    does: 'Routing counts a message that a route matches',
    path: 'routing',
    ready: '$body.temperature > 30',
    act: () => send({ temperature: 31 }),
    event: 'telemetry',
    shows: (n) => `$body.temperature > 30hot${n + 1}`,
  },
  {
    does: 'Clock lists a job of a service app among what is due',
    path: 'clock',
    ready: 'What is due',
    act: (n) => jobs.scheduleTwinUpdate(`due-${n}`, '*', { etag: '*', tags: { n } }, TOMORROW),
    undo: (n) => jobs.cancelJob(`due-${n}`),
    event: 'job.changed',
    shows: (n) => `due-${n}`,
  },
  {
    does: 'Faults counts a request that a rule strikes',
    path: 'faults',
    ready: 'matched 0, struck 0',
    act: () => registry.getRegistryStatistics(),
    event: 'fault.injected',
    shows: (n) => `matched ${n + 1}, struck ${n + 1}`,
  },
  {
    does: 'Snapshots compares with what a service app creates',
    path: 'snapshots?left=snapshot%3Abefore&right=now',
    ready: 'Compare two',
    act: (n) => registry.create({ deviceId: `only-now-${n}` }),
    event: 'identity.created',
    shows: (n) => `only-now-${n}`,
  },
  {
    does: 'Workshop shows what the device of a lesson reports',
    path: 'workshop/queries?device=d1',
    ready: 'Your device, live',
    act: (n) => report({ lesson: `step-${n}` }),
    event: 'twin.reported',
    shows: (n) => `"step-${n}"`,
  },
  {
    does: 'Connect says who has come',
    path: 'connect',
    ready: 'Does it connect?',
    act: (n) => connect(`later-${n}`),
    event: 'session.opened',
    shows: (n) => `later-${n}: ✓ connected by MQTT`,
  },
];

test.each(STORIES)('$does, at once', async ({ does, path, ready, act, undo, event, shows }) => {
  const context = await browser.newContext();
  // before it follows the hub, the page asks for everything itself
  const follows = context.waitForEvent('response', (response) => new URL(response.url()).pathname === '/events');
  const { page, complaints } = await openPage(context, `${emulator.adminUrl}/hub/localhost/${path}`);
  await follows;
  await page.getByText(ready).first().waitFor();
  const delays: number[] = [];
  // A busy machine only adds to a delay: one try shows what the page can do.
  do {
    const n = delays.length;
    delays.push(await delayUntilShown({ page, hub: emulator.hub, event, text: shows(n), act: () => act(n) }));
    await undo?.(n);
  } while (delays.length < TIMES || (Math.min(...delays) > AT_ONCE && delays.length < MOST_TIMES));
  process.stdout.write(`${does}: median ${medianOf(delays)} ms (${delays.join(', ')})\n`);
  expect(Math.min(...delays)).toBeLessThanOrEqual(AT_ONCE);
  expect(complaints).toEqual([]);
  await context.close();
});

test('Workshop ticks off a step that Microsoft’s SDK has done', async () => {
  const { page } = await openPage(browser, `${emulator.adminUrl}/hub/localhost/workshop/queries`);
  const done = page.getByText('✓');
  await page.getByText('Your device, live').waitFor();
  const before = await done.count();
  await registry.updateTwin('d1', { tags: { location: { plant: 'Redmond43' } } }, '*');
  await expect.poll(() => done.count()).toBe(before + 1);
  await page.close();
});
