import type { JsonObject } from '../../../../protocol/json.ts';
import { messageOf } from '../../api/client.ts';
import type { App } from '../../state/app.ts';

/** What several devices can be told at once. */
export type Together = (app: App, id: string) => Promise<unknown>;

const AT_ONCE = 8;

/** Does the same to each device, a few at a time; says how many succeeded and what was wrong with the first that did not. */
export const forEach = async (app: App, ids: readonly string[], run: Together, done: string): Promise<void> => {
  const waiting = [...ids];
  const problems: string[] = [];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      await run(app, id).catch((error: unknown) => problems.push(`${id}: ${messageOf(error)}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const [first] = problems;
  const succeeded = ids.length - problems.length;
  if (succeeded > 0)
    app.notices.say(`${succeeded === 1 ? '1 device' : `${succeeded.toLocaleString('en')} devices`} ${done}.`);
  if (first !== undefined)
    app.notices.fail(new Error(problems.length === 1 ? first : `${problems.length} failed, the first: ${first}`));
};

export const setStatus =
  (status: 'enabled' | 'disabled'): Together =>
  async ({ service }, id) => {
    const identity = await service.identity(id);
    return service.putIdentity(id, { ...identity, status }, '*');
  };

export const remove: Together = ({ service }, id) => service.deleteIdentity(id);

export const disconnect: Together = ({ client, fleet }, id) =>
  fleet.find(id)?.connected
    ? client.send(`/connections/${encodeURIComponent(id)}/disconnect`, { method: 'POST' })
    : Promise.resolve();

export const patchTags =
  (tags: JsonObject): Together =>
  ({ service }, id) =>
    service.patchTwin(id, { tags });

/** What a new device is made with. */
export interface NewDevice {
  readonly authentication: 'sas' | 'selfSigned' | 'certificateAuthority';
  readonly thumbprint: string;
  readonly edge: boolean;
  readonly tags: JsonObject | undefined;
}

export const create =
  ({ authentication, thumbprint, edge, tags }: NewDevice): Together =>
  async ({ service }, id) => {
    const x509Thumbprint =
      thumbprint === '' ? undefined : { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint };
    await service.putIdentity(id, {
      deviceId: id,
      status: 'enabled',
      authentication: { type: authentication, ...(x509Thumbprint === undefined ? {} : { x509Thumbprint }) },
      capabilities: { iotEdge: edge },
    });
    if (tags !== undefined) await service.patchTwin(id, { tags });
  };
