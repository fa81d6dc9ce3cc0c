import type { Hub } from '../../../emulator/hub/hub.ts';
import { leaveDataFolder, openDataFolder } from '../../../emulator/store/data-folder.ts';
import { restoreHub } from '../../../emulator/store/restore.ts';
import { newHub } from '../hub/hub.ts';
import { type Acknowledged, SINKS } from './load.ts';

/** The hub in a data folder that no emulator uses. */
export const hubIn = async (folder: string): Promise<Hub> => {
  const store = await openDataFolder(folder);
  const { hub } = newHub({ partitions: 4 });
  await restoreHub(hub, store);
  hub.resume();
  await store.close();
  leaveDataFolder(folder);
  return hub;
};

/** What a hub lacks of what was acknowledged, and what it has half. */
export const faultsOf = (hub: Hub, acknowledged: Acknowledged): string[] => {
  const found: string[] = [];
  const { patched, reported, devices, jobs, sent, telemetry } = acknowledged;
  for (const [id, n] of patched) {
    const { tags, desired } = hub.twins.get(id).twin;
    if (Number(tags?.n) < n) found.push(`lost: patch ${n} of ${id}, which has ${tags?.n}`);
    if (tags?.n !== desired.values.n) found.push(`half-written: patch of ${id}: ${tags?.n}, ${desired.values.n}`);
  }
  for (const [id, n] of reported) {
    const { values } = hub.twins.get(id).twin.reported;
    if (Number(values.n) < n) found.push(`lost: report ${n} of ${id}, which has ${values.n}`);
    if (values.n !== values.again) found.push(`half-written: report of ${id}`);
  }
  for (const id of devices) if (hub.registry.find(id) === undefined) found.push(`lost: device ${id}`);
  for (const id of jobs) if (hub.jobs.find(id) === undefined) found.push(`lost: job ${id}`);
  const waiting = new Set(SINKS.flatMap((id) => hub.inbox.list(id).map(({ item }) => item.system.messageId)));
  for (const id of sent) if (!waiting.has(id)) found.push(`lost: message ${id}`);
  for (const id of SINKS)
    if (hub.fleet.get(id).pendingMessages !== hub.inbox.list(id).length) found.push(`half-written: messages of ${id}`);
  const events = new Set<string | undefined>();
  for (let partition = 0; partition < 4; partition++)
    for (const { message } of hub.stream.read({ eventHub: 'events', partition }, 0, 1_000_000))
      events.add(message.system.messageId);
  for (const id of telemetry) if (!events.has(id)) found.push(`lost: telemetry ${id}`);
  return found;
};
