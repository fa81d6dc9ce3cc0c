import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, openPage } from './browser.ts';
import { startWorld, type World } from './world.ts';

/** Starts a world and a browser before the tests of a file, and ends them afterwards. */
export const worldInBrowser = () => {
  let world: World | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  const started = (): World => {
    if (world === undefined) throw new Error('The world is there in tests only.');
    return world;
  };
  const opened = (): Browser => {
    if (browser === undefined) throw new Error('The browser is there in tests only.');
    return browser;
  };
  return {
    world: started,
    browser: opened,
    /** Opens a place of the page, such as `devices`. */
    open: async (path: string): Promise<Page> =>
      (await openPage(opened(), `${started().server.url}/hub/localhost/${path}`)).page,
  };
};
