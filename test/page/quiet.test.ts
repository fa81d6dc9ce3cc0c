import { type Emulator, startEmulator } from 'iothub-emulator';
import type { Browser, BrowserContext, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';

// A place that shows what happens at once is told of it: one that asked again and again would be late now and then, and cost
// the hub something while nothing happens.

const MINUTE = 60_000;

const LIVE = encodeURIComponent('SELECT deviceId, properties.reported.door AS door FROM devices');
const PATHS = [
  'overview',
  'devices',
  'devices/d1/twin',
  'devices/d1/history',
  'history',
  `query?sql=${LIVE}&live=yes`,
  'messages',
  'traffic',
  'configurations',
  'jobs',
  'routing',
  'clock',
  'faults',
  'snapshots',
  'workshop/queries?device=d1',
  'connect',
];

/** What is in the frame of all places, and no event tells: the pace of the clock, how long faults last, the lag of the index. */
const OF_THE_FRAME = ['/clock', '/faults', '/index'];

let emulator: Emulator;
let browser: Browser;

beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', devices: ['d1', 'd2'] });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await emulator?.close();
});

/** Opens a place and returns what it asks for in a minute of the browser's clock, each address once. */
const openCounted = async (context: BrowserContext, path: string): Promise<() => Promise<readonly string[]>> => {
  await context.clock.install();
  const unanswered = new Set<Request>();
  const ended = (request: Request) => void unanswered.delete(request);
  context.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') unanswered.add(request); // which goes on
  });
  context.on('requestfinished', ended);
  context.on('requestfailed', ended);
  const { page } = await openPage(context, `${emulator.adminUrl}/hub/localhost/${path}`);
  return async () => {
    await expect.poll(() => unanswered.size).toBe(0); // a place may wait for that before it asks again
    const asked = new Set<string>();
    const note = (request: Request) => void asked.add(new URL(request.url()).pathname);
    page.on('request', note);
    await page.clock.runFor(MINUTE);
    page.off('request', note);
    return [...asked].sort();
  };
};

test.each(PATHS)('%s asks for nothing of its own while nothing happens', async (path) => {
  const context = await browser.newContext();
  const askedInAMinute = await openCounted(context, path);
  // in the first minutes it gets what it shows
  const askedInTwo = async () => [await askedInAMinute(), await askedInAMinute()];
  await expect.poll(askedInTwo).toEqual([OF_THE_FRAME, OF_THE_FRAME]);
  await context.close();
});

test('a place that asks every ten seconds would be noticed', async () => {
  const context = await browser.newContext();
  const askedInAMinute = await openCounted(context, 'devices');
  await expect.poll(askedInAMinute).toEqual(OF_THE_FRAME);
  const page = context.pages()[0];
  await page?.evaluate("void setInterval(() => fetch('/snapshots').then((all) => all.text()), 10_000)");
  for (let minute = 0; minute < 3; minute++) expect(await askedInAMinute()).toEqual([...OF_THE_FRAME, '/snapshots']);
  await context.close();
});
