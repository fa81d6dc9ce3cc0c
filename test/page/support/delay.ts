import type { Emulator } from 'iothub-emulator';
import type { Page } from 'playwright-core';

export interface Watched {
  readonly page: Page;
  readonly hub: Emulator['hub'];
  /** The type of the event that `act` makes the hub publish. */
  readonly event: string;
  readonly text: string;
  readonly act: () => Promise<unknown>;
}

/**
 * How long after the event of the hub the page shows the text, ms. The page looks itself, when its document changes: what
 * the test takes to ask it does not count. Both clocks are that of the machine.
 */
export const delayUntilShown = async ({ page, hub, event, text, act }: Watched): Promise<number> => {
  await page.evaluate(`void (window.shown = new Promise((done) => {
    const watcher = new MutationObserver(() => look());
    const look = () => {
      if (!document.querySelector('main').textContent.includes(${JSON.stringify(text)})) return;
      watcher.disconnect();
      done(Date.now());
    };
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }))`);
  let published: number | undefined;
  const stop = hub.events.listen(({ type }) => {
    if (type === event) published ??= Date.now();
  });
  await act();
  const shown = await page.evaluate<number>('window.shown');
  stop();
  if (published === undefined) throw new Error(`The hub has published no ${event}`);
  return shown - published;
};
