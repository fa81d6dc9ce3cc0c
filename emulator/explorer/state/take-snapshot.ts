import type { App } from './app.ts';

/** Takes a snapshot under a name that the hub makes. */
export const takeSnapshot = ({ client, notices }: App): Promise<boolean> =>
  notices.run(async () => {
    const { name } = await client.send<{ name: string }>('/snapshots', { method: 'POST', body: {} });
    notices.say(`Snapshot “${name}” was taken.`);
  });
