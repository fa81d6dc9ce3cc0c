import { countDrift, driftOf } from '../../../protocol/drift.ts';
import type { TwinDocument } from '../api/documents.ts';
import type { DeviceRow, HubEvent } from '../api/types.ts';
import { plainSection } from '../text/paths.ts';
import { bodyText } from '../text/sentences.ts';

/** What an event makes of a row. */
export interface RowChange {
  /** Undefined if the device is gone. */
  readonly row: DeviceRow | undefined;
  /** True if the event does not tell all. */
  readonly isStale: boolean;
}

/** Undefined for events that change nothing a list shows. */
export const applyEvent = (row: DeviceRow | undefined, event: HubEvent): RowChange | undefined => {
  if (event.type === 'identity.deleted') return { row: undefined, isStale: false };
  if (event.type === 'identity.created') return { row: row ?? newRow(event.key ?? ''), isStale: true };
  const changes = row === undefined ? undefined : CHANGES[event.type]?.(event);
  if (row === undefined || changes === undefined) return undefined;
  return { row: { ...row, ...changes }, isStale: STALE.has(event.type) };
};

/** Types of events after which drift, tags or the status are not known any more. */
const STALE: ReadonlySet<string> = new Set([
  'identity.replaced',
  'twin.updated',
  'twin.replaced',
  'twin.reported',
  'twin.targeted',
]);

const CHANGES: Readonly<Record<string, (event: HubEvent) => Partial<DeviceRow>>> = {
  'identity.replaced': () => ({}),
  'twin.updated': () => ({}),
  'twin.replaced': () => ({}),
  'twin.targeted': () => ({}),
  'twin.model-announced': ({ modelId }) => ({ modelId: String(modelId) }),
  'twin.reported': ({ time }) => ({ lastReport: time, lastActivity: time }),
  'session.opened': ({ time, protocol }) => ({
    connected: true,
    protocol: String(protocol),
    since: time,
    lastActivity: time,
  }),
  'session.closed': ({ time }) => ({ connected: false, since: time }),
  refused: ({ time, what, cause, remedy }) =>
    what === 'connection'
      ? { refused: { at: time, why: String(cause), ...(remedy ? { remedy: String(remedy) } : {}) } }
      : {},
  telemetry: ({ time, message }) => ({ lastMessage: { at: time, text: bodyText(message) }, lastActivity: time }),
};

const newRow = (id: string): DeviceRow => ({
  id,
  status: 'enabled',
  connected: false,
  authentication: 'sas',
  edge: false,
  drift: { different: 0, missing: 0 },
});

/** The row of a twin document. */
export const rowOf = (twin: TwinDocument): DeviceRow => ({
  id: twin.deviceId,
  status: twin.status,
  ...(twin.statusReason === undefined ? {} : { statusReason: twin.statusReason }),
  ...(twin.statusUpdateTime === undefined ? {} : { statusUpdated: twin.statusUpdateTime }),
  connected: twin.connectionState === 'Connected',
  authentication: twin.authenticationType,
  edge: twin.capabilities?.iotEdge ?? false,
  ...(twin.modelId ? { modelId: twin.modelId } : {}),
  lastActivity: twin.lastActivityTime,
  ...reportedTime(twin),
  drift: driftIn(twin),
  ...(twin.tags === undefined ? {} : { tags: twin.tags }),
});

const reportedTime = ({ properties }: TwinDocument): { lastReport?: string } => {
  const at = properties.reported.$metadata?.$lastUpdated;
  // without a report it has the time at which the twin was created
  return (properties.reported.$version ?? 1) > 1 && typeof at === 'string' ? { lastReport: at } : {};
};

const driftIn = ({ properties: { desired, reported } }: TwinDocument): DeviceRow['drift'] =>
  countDrift(driftOf(plainSection(desired), plainSection(reported), desired.$version ?? 0));
