import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openPage } from './support/browser.ts';
import { startWorld } from './support/world.ts';

/** `npm run screens`: the pictures in docs/pictures; `npm run screens -- all FOLDER`: every view, width and scheme. */
const QUERY = `SELECT deviceId, properties.reported.connectivity.type AS type
FROM devices
WHERE tags.location.plant = 'Redmond43' AND properties.reported.telemetry.intervalMs > 500`;

const VIEWS: Readonly<Record<string, string>> = {
  overview: 'overview',
  devices: 'devices',
  'device-twin': 'devices/thermostat-07/twin',
  query: `query?sql=${encodeURIComponent(QUERY)}`,
  traffic: 'traffic',
  messages: 'messages?chart=temperature',
  faults: 'faults',
  workshop: 'workshop/desired',
  class: 'workshop/class',
  methods: 'devices/thermostat-07/methods',
  identity: 'devices/thermostat-07/identity',
  'cloud-to-device': 'devices/thermostat-07/cloud-to-device',
  history: 'history',
  configurations: 'configurations/firmware285',
  jobs: 'jobs/new',
  routing: 'routing',
  clock: 'clock',
  snapshots: 'snapshots',
  connect: 'connect',
  tokens: 'connect/tokens',
  about: 'connect/about',
};

/** Views that need nothing but what the emulator has. */
const BUILT: ReadonlySet<string> = new Set([
  'overview',
  'devices',
  'device-twin',
  'query',
  'traffic',
  'messages',
  'faults',
  'workshop',
]);

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** `npm run screens -- contrast FOLDER`: as for those who ask their system for more contrast. */
const CONTRAST = process.argv[2] === 'contrast' ? ({ contrast: 'more' } as const) : {};

const picture = (name: string, width = 1440, scheme: Picture['scheme'] = 'light'): Picture => ({ name, width, scheme });

const KEPT: readonly Picture[] = [
  picture('overview'),
  picture('overview', 390),
  picture('devices'),
  picture('device-twin'),
  picture('device-twin', 1440, 'dark'),
  picture('device-twin', 390),
  picture('query', 1440, 'dark'),
  picture('traffic'),
  picture('traffic', 1024, 'dark'),
  picture('messages'),
  picture('faults'),
  picture('workshop'),
];

const ALL = Object.keys(VIEWS).flatMap((name) =>
  [1440, 1024, 390].flatMap((width) => [picture(name, width), picture(name, width, 'dark')]),
);

const [what, folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
await using world = await startWorld();
const browser = await launchBrowser();
for (const { name, width, scheme } of what === 'all' ? ALL : KEPT) {
  const context = await browser.newContext({
    viewport: { width, height: width === 390 ? 844 : 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    ...CONTRAST,
  });
  // places that this build lacks are shown only in their own pictures
  const url = BUILT.has(name) ? world.emulator.adminUrl : world.server.url;
  const { page } = await openPage(context, `${url}/hub/localhost/${VIEWS[name]}`);
  await page.waitForLoadState('load');
  if (name === 'device-twin') await showAChange(page);
  // lists, charts and the editor come by and by
  await page.waitForTimeout(1000);
  await page.screenshot({
    path: `${folder}/${name}${width === 1440 ? '' : `-${width}`}${scheme === 'dark' ? '-dark' : ''}.png`,
  });
  await context.close();
}
await browser.close();

/** Something that changes while the twin is open, and a patch in the making. */
async function showAChange(page: Awaited<ReturnType<typeof openPage>>['page']): Promise<void> {
  await page.getByText('intervalMs').first().waitFor();
  world.emulator.hub.twins.report('thermostat-07', { firmware: { status: 'downloading' } });
  await page.getByText('"downloading"').first().waitFor();
  world.emulator.hub.twins.report('thermostat-07', { firmware: { status: 'applying' } });
  await page.locator('.leaf.new').first().waitFor();
  await page.locator('.cm-content').waitFor();
  await page.keyboard.press('e');
  await page.keyboard.type('{ "telemetry": { "intervalMs": 2000');
}
