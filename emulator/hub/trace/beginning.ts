import type { Json, JsonObject } from '../../../protocol/json.ts';
import { VirtualClock } from '../../kernel/clock.ts';
import type { Hub } from '../hub.ts';
import type { NoticeReader } from '../messaging/notices.ts';
import { type Port, writeArgument } from './arguments.ts';
import { READER_KINDS, type ReaderKind, TRACE_VERSION, type TraceHead, type TraceLine } from './trace.ts';

/** A replay has a history of its own. */
const LEFT_OUT = new Set(['history', 'history-since']);

interface BeginningParts {
  readonly by: string;
  readonly options: JsonObject;
  /** The numbers that later lines have for sessions and readers. */
  portNumber(port: Port): number;
}

/** The first lines of a trace: the state of the hub, and what is connected to it. */
export function* beginningOf(hub: Hub, parts: BeginningParts): Generator<TraceLine, void> {
  hub.usage.flush();
  yield headOf(hub, parts);
  yield* rowsOf(hub);
}

/** The rows of the state, or of some spaces of it. */
export function* rowsOf(hub: Hub, spaces?: readonly string[]): Generator<TraceLine, void> {
  for (const { space, key, value, place } of entriesOf(hub, spaces))
    yield { row: [space, key, hub.changes.space(space).toNamedJson(value), place ?? null] };
}

export const numberOfRows = (hub: Hub, spaces?: readonly string[]): number => {
  let rows = 0;
  for (const _ of entriesOf(hub, spaces)) rows++;
  return rows;
};

function* entriesOf({ changes }: Hub, spaces: readonly string[] | undefined) {
  for (const entry of changes.entries()) if (spaces?.includes(entry.space) ?? !LEFT_OUT.has(entry.space)) yield entry;
}

/** A room whose notices apps read over connections. */
interface ReadRoom {
  readonly readers: ReadonlyMap<string, object>;
  adopt(holder: string, reader: NoticeReader<unknown>): void;
}

export const readRoom = ({ feedback, files }: Hub, of: ReaderKind): ReadRoom =>
  of === 'feedback' ? feedback : files.notifications;

const headOf = (hub: Hub, { by, options, portNumber }: BeginningParts): TraceHead => {
  const { clock, events, sessions, methods } = hub;
  const written = (value: unknown): Json => writeArgument(value, portNumber);
  const late = clock.now() - clock.elapsed();
  return {
    trace: TRACE_VERSION,
    by,
    at: clock.now(),
    clock: clock instanceof VirtualClock ? 'virtual' : 'system',
    event: events.sequence,
    rows: numberOfRows(hub),
    options,
    sessions: Array.from(sessions.live(), (session) => ({
      session: written(session),
      listening: sessions.listening(session.key) as unknown as Json, // plain data
    })),
    calls: methods.open().map((call) => written({ ...call, startedAt: call.startedAt + late, reply: undefined })),
    readers: READER_KINDS.flatMap((of) =>
      Array.from(readRoom(hub, of).readers, ([holder, reader]) => ({ of, holder, reader: written(reader) })),
    ),
  };
};
