import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { isBad } from '../../../../protocol/traffic-search.ts';
import { messageOf } from '../../api/client.ts';
import type { Snapshot, TrafficEntry } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { useCalm } from '../../parts/calm.ts';
import { Empty, FilterPill, Pill } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { download } from '../../parts/download.ts';
import { Menu } from '../../parts/menu.tsx';
import { NotShown } from '../../parts/not-shown.tsx';
import { useListKeys } from '../../parts/screen-keys.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { TimeOfDay } from '../../parts/time.tsx';
import { Cell, VirtualList } from '../../parts/virtual-list.tsx';
import { useApp } from '../../state/app.ts';
import type { LiveList } from '../../state/live-list.ts';
import { exact } from '../../text/time.ts';
import { followTraffic, type Traffic, toggleTerm, trafficList } from './data.ts';
import { TrafficDetailCard } from './detail.tsx';
import { Refusals } from './refusals.tsx';

const CALM_MS = 100;

export const useTraffic = (): Traffic => {
  const app = useApp();
  const traffic = useMemo(() => followTraffic(app), []);
  useEffect(() => traffic.close, []);
  return traffic;
};

interface TrafficPanelProps {
  readonly traffic: Traffic;
  /** Shows what concerns this one only. */
  readonly device?: string;
  readonly title?: string;
  readonly actions?: ComponentChildren;
}

/** Requests with their answers, newest first: search, pause, and one of them in full. */
export const TrafficPanel = ({ traffic, device, title, actions }: TrafficPanelProps) => {
  const { navigation } = useApp();
  const search = useComputed(() => navigation.location.value.query.get('q') ?? '');
  const calm = useCalm(traffic.all, CALM_MS);
  const list = useMemo(() => trafficList(calm, search, device), [calm, device]);
  const open = useComputed(() => Number(navigation.location.value.query.get('entry')));
  useListKeys({ pause: list.toggle });
  const error = traffic.error.value;
  return (
    <>
      {title !== undefined && (
        <div class="title">
          <div class="row">
            <h1>{title}</h1>
            <DiffersFromAzure topic="protocols" />
          </div>
          <div class="row">
            <Button keys="p" pressed={list.isPaused.value} run={list.toggle}>
              {list.isPaused.value ? 'Resume' : 'Pause'}
            </Button>
            <Button run={() => download('traffic.ndjson', toNdjson(list.shown.value))}>Export trace</Button>
            {actions}
          </div>
        </div>
      )}
      <Tools list={list} search={search} traffic={traffic} device={device} total={calm.value.length} />
      {device === undefined && search.value === '' && !(open.value > 0) && <Refusals all={calm} />}
      {error !== undefined && <Problem>{messageOf(error)}</Problem>}
      <section class="card fill" aria-label="Traffic">
        <List list={list} open={open} />
      </section>
      {open.value > 0 && (
        <TrafficDetailCard key={open.value} id={open.value} close={() => navigation.setQuery({ entry: undefined })} />
      )}
    </>
  );
};

const toNdjson = (entries: readonly TrafficEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

const PILLS: readonly (readonly [term: string, title: string])[] = [
  ['errors', 'errors only'],
  ['proto:mqtt*', 'MQTT'],
  ['proto:amqp*', 'AMQP'],
  ['proto:rest', 'REST'],
  ['who:page', 'of this page'],
];

interface ToolsProps {
  readonly list: LiveList<TrafficEntry>;
  readonly search: ReadonlySignal<string>;
  readonly traffic: Traffic;
  readonly device: string | undefined;
  readonly total: number;
}

const Tools = ({ list, search, traffic, device, total }: ToolsProps) => {
  const { navigation } = useApp();
  const set = (q: string) => navigation.setQuery({ q });
  return (
    <div class="tools">
      <SearchBox
        label="Search traffic"
        placeholder="status:4xx device:thermostat-* op:twin text"
        value={search.value}
        change={set}
      />
      {PILLS.map(([term, title]) => (
        <FilterPill
          key={term}
          on={search.value.split(/\s+/).includes(term)}
          run={() => set(toggleTerm(search.value, term))}
        >
          {title}
        </FilterPill>
      ))}
      <SinceSnapshot search={search} set={set} />
      <span class="grow" />
      {list.waiting.value > 0 && <span class="muted small">{list.waiting.value} waiting</span>}
      <NotShown count={traffic.leftOut.value} isOfAll={device !== undefined}>
        <Button kind="link" run={traffic.load}>
          load
        </Button>
      </NotShown>
      <span class="faint small">
        {list.shown.value.length.toLocaleString('en')} of {total.toLocaleString('en')} · newest first
      </span>
    </div>
  );
};

/** Only what came after a snapshot: of a test that took one, its own traffic. */
const SinceSnapshot = ({ search, set }: { search: ReadonlySignal<string>; set: (search: string) => void }) => {
  const { client } = useApp();
  const snapshots = useSignal<readonly Snapshot[]>([]);
  useEffect(() => {
    client.get<readonly Snapshot[]>('/snapshots').then(
      (list) => (snapshots.value = list),
      () => {},
    );
  }, []);
  if (snapshots.value.length === 0) return null;
  const items = snapshots.value.map(({ name, at }) => ({
    title: name,
    run: () => set(toggleTerm(search.value, `since:${new Date(at).toISOString()}`)),
  }));
  return <Menu title="since snapshot" side="left" items={items} />;
};

const List = ({ list, open }: { list: LiveList<TrafficEntry>; open: ReadonlySignal<number> }) => {
  const { navigation } = useApp();
  return (
    <VirtualList
      label="Traffic"
      items={list.shown.value}
      keyOf={({ id }) => id}
      columns={{ class: 'traffic-list' }}
      measured
      head={
        <>
          <Cell head>time</Cell>
          <Cell head class="who">
            who
          </Cell>
          <Cell head class="protocol">
            protocol
          </Cell>
          <Cell head>asked</Cell>
          <Cell head>answered</Cell>
          <Cell head class="why">
            why
          </Cell>
        </>
      }
      row={(entry) => <Row entry={entry} />}
      rowClass={(entry) => (isBad(entry) ? 'alarm' : '')}
      open={({ id }) => navigation.setQuery({ entry: String(id) })}
      isOpen={({ id }) => id === open.value}
      empty={
        <Empty title="No traffic here yet.">
          Every request of a device or service appears here, with its answer and the reason for it.
        </Empty>
      }
    />
  );
};

const TONES = { ok: 'good', refused: 'bad', fault: 'bad' } as const;

const Row = ({ entry }: { entry: TrafficEntry }) => {
  return (
    <>
      <Cell class="faint mono" title={exact(entry.at)}>
        <TimeOfDay at={entry.at} />
      </Cell>
      <Cell class="cut who">
        <Code value={entry.who} />
      </Cell>
      <Cell class="cut protocol">{entry.protocol}</Cell>
      <Cell class="cut">
        <Code value={entry.asked} />
        {entry.body !== undefined && (
          <code class="faint">
            {' '}
            <Text value={entry.body} most={160} />
          </code>
        )}
      </Cell>
      <Cell class="cut">
        <Pill tone={TONES[entry.outcome]}>{entry.answered}</Pill>
      </Cell>
      <Cell class="muted why" {...(entry.why === undefined ? {} : { title: entry.why })}>
        {entry.why !== undefined && (
          <Text value={entry.remedy === undefined ? entry.why : `${entry.why} · ${entry.remedy}`} most={400} />
        )}
      </Cell>
    </>
  );
};
