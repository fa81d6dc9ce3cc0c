import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { MessageEntry } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { useCalm } from '../../parts/calm.ts';
import { Empty, FilterPill } from '../../parts/card.tsx';
import { Chart, Legend } from '../../parts/chart.tsx';
import { download } from '../../parts/download.ts';
import { NotShown } from '../../parts/not-shown.tsx';
import { useListKeys } from '../../parts/screen-keys.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { Code } from '../../parts/text.tsx';
import { TimeOfDay } from '../../parts/time.tsx';
import { Cell, VirtualList } from '../../parts/virtual-list.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import type { LiveList } from '../../state/live-list.ts';
import { exact } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import { messageList, numberPaths, type Points, pointsOf, textOf, toNdjson } from './data.ts';
import { MessageDetail } from './detail.tsx';

interface MessagePanelProps {
  readonly all: ReadonlySignal<readonly MessageEntry[]>;
  /** Shows the messages of this one only. */
  readonly device?: string;
}

const CALM_MS = 100;

/** The stream of messages: search, pause, chart, export, and one message in full. */
export const MessagePanel = ({ all, device }: MessagePanelProps) => {
  const { navigation } = useApp();
  const search = useComputed(() => navigation.location.value.query.get('q') ?? '');
  const calm = useCalm(all, CALM_MS);
  const list = useMemo(() => messageList(calm, search, device), [calm, device]);
  const open = useComputed(() => Number(navigation.location.value.query.get('message')));
  useListKeys({ pause: list.toggle });
  const message = list.shown.value.find(({ sequence }) => sequence === open.value);
  return (
    <>
      <Tools list={list} search={search} device={device} />
      <PathChart list={list} />
      <section class="card fill" aria-label="Messages">
        <List list={list} device={device} open={open} />
      </section>
      {message !== undefined && (
        <MessageDetail message={message} close={() => navigation.setQuery({ message: undefined })} />
      )}
    </>
  );
};

interface ToolsProps {
  readonly list: LiveList<MessageEntry>;
  readonly search: ReadonlySignal<string>;
  readonly device: string | undefined;
}

const Tools = ({ list, search, device }: ToolsProps) => {
  const { navigation, recent } = useApp();
  return (
    <div class="tools">
      <SearchBox
        label="Search messages"
        placeholder="device:thermostat-* temperature"
        value={search.value}
        change={(q) => navigation.setQuery({ q })}
      />
      <Button keys="p" pressed={list.isPaused.value} run={list.toggle}>
        {list.isPaused.value ? 'Resume' : 'Pause'}
      </Button>
      {list.waiting.value > 0 && <span class="muted small">{list.waiting.value} waiting</span>}
      <NotShown count={recent.leftOut.value.get('telemetry') ?? 0} isOfAll={device !== undefined} />
      <span class="grow" />
      <span class="faint small">{list.shown.value.length.toLocaleString('en')} · newest first</span>
      <Button run={() => download('messages.ndjson', toNdjson(list.shown.value))}>Export NDJSON</Button>
    </div>
  );
};

/** One JSON path of the messages over time. */
const PathChart = ({ list }: { list: LiveList<MessageEntry> }) => {
  const { navigation } = useApp();
  const path = navigation.location.value.query.get('chart');
  const isOpen = useSignal(path !== undefined);
  const paths = numberPaths(list.shown.value);
  if (paths.length === 0) return null;
  const points = path === undefined ? undefined : pointsOf(list.shown.value, path);
  return (
    <div class="stack">
      <div class="tools">
        <span class="label">Chart</span>
        {paths.slice(0, 8).map((name) => (
          <FilterPill
            key={name}
            on={name === path}
            run={() => {
              isOpen.value = name !== path;
              navigation.setQuery({ chart: name === path ? undefined : name });
            }}
          >
            <code>{name}</code>
          </FilterPill>
        ))}
      </div>
      {points !== undefined && isOpen.value && <PathLines path={path ?? ''} points={points} />}
    </div>
  );
};

const COLOURS = ['--accent', '--violet', '--good', '--warn', '--bad'];

const PathLines = ({ path, points }: { path: string; points: Points }) => {
  const lines = points.lines.map((line, index) => ({ ...line, colour: COLOURS[index] ?? '--muted' }));
  return (
    <div class="card chart-card">
      <Chart label={`${path} over time`} times={points.times} lines={lines} height={140} isZoomed />
      <Legend lines={lines.map(({ name, colour }) => ({ name: visible(name), colour, text: '' }))} />
    </div>
  );
};

interface ListProps {
  readonly list: LiveList<MessageEntry>;
  readonly device: string | undefined;
  readonly open: ReadonlySignal<number>;
}

const List = ({ list, device, open }: ListProps) => {
  const { navigation } = useApp();
  return (
    <VirtualList
      label="Messages"
      items={list.shown.value}
      keyOf={({ sequence }) => sequence}
      columns={{ class: device === undefined ? 'message-list' : 'message-list of-device' }}
      head={
        <>
          <Cell head>time</Cell>
          {device === undefined && <Cell head>device</Cell>}
          <Cell head>body</Cell>
          <Cell head class="went">
            went to
          </Cell>
        </>
      }
      row={(message) => <Row message={message} hasDevice={device === undefined} />}
      open={({ sequence }) => navigation.setQuery({ message: String(sequence) })}
      isOpen={({ sequence }) => sequence === open.value}
      empty={
        <Empty title="No message here yet.">
          Messages appear as devices send them. <code>npx iothub-emulator device simulate myDevice</code> sends some.
        </Empty>
      }
    />
  );
};

const Row = ({ message, hasDevice }: { message: MessageEntry; hasDevice: boolean }) => {
  const app = useApp();
  return (
    <>
      <Cell class="faint mono" title={exact(message.at)}>
        <TimeOfDay at={message.at} />
      </Cell>
      {hasDevice && (
        <Cell class="cut">
          <a href={linkTo(app, ['devices', ...message.device.split('/').slice(0, 1), 'messages'])}>
            <Code value={message.device} />
          </a>
        </Cell>
      )}
      <Cell class="cut">
        <Code value={textOf(message)} />
      </Cell>
      <Cell class="cut muted went">{whereTo(message)}</Cell>
    </>
  );
};

/** `events`, or where routes sent it instead. */
export const whereTo = ({ routes, partition }: MessageEntry): string => {
  if (routes === undefined) return 'events';
  if (routes.length === 0) return 'nowhere: dropped';
  return routes
    .map(({ endpoint }) =>
      endpoint === 'events' && partition !== undefined ? `events, partition ${partition}` : endpoint,
    )
    .join(', ');
};
