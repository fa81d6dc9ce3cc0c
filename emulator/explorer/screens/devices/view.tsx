import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { DeviceRow } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { useCalm } from '../../parts/calm.ts';
import { Empty } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { Cell, VirtualList } from '../../parts/virtual-list.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { AUTHENTICATION } from '../../text/authentication.ts';
import { DriftPill } from '../device/drift-pill.tsx';
import { Screen as Device } from '../device/view.tsx';
import { stateText } from '../overview/data.ts';
import { CompareDialog, comparedIn } from './compare-dialog.tsx';
import { createDeviceList, type DeviceList } from './data.ts';
import { DriftCard } from './drift-card.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Heads } from './heads.tsx';
import { NewDeviceDialog } from './new-device.tsx';
import { SeedMenu } from './seed-menu.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** The list, or one device of it. */
export const Screen = () => {
  const { navigation } = useApp();
  const [, device, ...rest] = navigation.location.value.path;
  return device === undefined ? <List /> : <Device key={device} device={device} rest={rest} />;
};

const List = () => {
  const app = useApp();
  const rows = useCalm(app.fleet.rows);
  const list = useMemo(() => createDeviceList({ app, rows }), [rows]);
  useEffect(() => {
    void app.fleet.load();
    return list.close;
  }, []);
  const compared = comparedIn(app.navigation.location.value.query);
  return (
    <>
      <Title list={list} />
      <FilterBar list={list} />
      {list.selected.value.size > 0 && <SelectionBar list={list} />}
      {list.problem.value !== undefined && <Problem>{list.problem.value}</Problem>}
      {app.fleet.error.value !== undefined && <Problem>{messageOf(app.fleet.error.value)}</Problem>}
      {list.filter.value.drift !== '' && app.offers('GET /drift') && <DriftCard />}
      <section class="card fill" aria-label="Devices">
        <Rows list={list} />
      </section>
      {compared !== undefined && (
        <CompareDialog
          key={compared.join('/')}
          left={compared[0]}
          right={compared[1]}
          close={() => app.navigation.setQuery({ compare: undefined, with: undefined })}
        />
      )}
      {app.navigation.location.value.query.has('new') && (
        <NewDeviceDialog close={() => app.navigation.setQuery({ new: undefined })} />
      )}
    </>
  );
};

const Title = ({ list }: { list: DeviceList }) => {
  const app = useApp();
  const { rows, connected } = app.fleet;
  const shown = list.shown.value.length;
  const total = rows.value.length;
  return (
    <div class="title">
      <div class="row">
        <h1>Devices</h1>
        <DiffersFromAzure topic="identities" />
        <span class="muted small">
          {shown === total
            ? total.toLocaleString('en')
            : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`}{' '}
          · {connected.value.toLocaleString('en')} connected
        </span>
      </div>
      <div class="row">
        <SeedMenu />
        {app.offers('GET /service/*') && (
          <Button kind="primary" run={() => app.navigation.setQuery({ new: 'yes' }, 'push')}>
            New device
          </Button>
        )}
      </div>
    </div>
  );
};

const Rows = ({ list }: { list: DeviceList }) => {
  const app = useApp();
  return (
    <VirtualList
      label="Devices"
      items={list.shown.value}
      keyOf={({ id }) => id}
      columns={{ class: 'device-list' }}
      head={<Heads list={list} />}
      row={(row) => <Row row={row} list={list} />}
      rowClass={({ refused, connected }) => (refused !== undefined && !connected ? 'alarm' : '')}
      open={({ id }) => app.navigation.go(linkTo(app, ['devices', id]))}
      visible={(rows) => app.fleet.watch(rows.map(({ id }) => id))}
      empty={<Nothing />}
    />
  );
};

const Row = ({ row, list }: { row: DeviceRow; list: DeviceList }) => (
  <>
    <Cell>
      <input
        type="checkbox"
        aria-label={`Select ${row.id}`}
        checked={list.selected.value.has(row.id)}
        onChange={() => toggle(list, row.id)}
      />
    </Cell>
    <Cell class="cut">
      <a class="device" href={linkTo(useApp(), ['devices', row.id])}>
        <span class={row.connected ? 'dot on' : 'dot'} />
        <Code value={row.id} />
      </a>
    </Cell>
    <Cell class={row.status === 'disabled' ? 'cut faint' : 'cut'}>
      <Text value={stateText(row)} most={80} />
    </Cell>
    <Cell class="cut muted authentication">{AUTHENTICATION[row.authentication] ?? row.authentication}</Cell>
    <Cell class="drift">
      <DriftPill drift={row.drift} />
    </Cell>
    <Cell class="cut muted message">{row.lastMessage === undefined ? '—' : <Code value={row.lastMessage.text} />}</Cell>
    <Cell class="muted">
      <Ago at={row.lastReport} />
    </Cell>
    <Cell class="muted activity">
      <Ago at={row.lastActivity} />
    </Cell>
  </>
);

const toggle = ({ selected }: DeviceList, id: string): void => {
  const next = new Set(selected.value);
  if (!next.delete(id)) next.add(id);
  selected.value = next;
};

const Nothing = () => {
  const app = useApp();
  if (!app.fleet.isLoaded.value) return <Empty title="Loading…" />;
  if (app.fleet.rows.value.length > 0) return <Empty title="No device fits the filter." />;
  return (
    <Empty title="No device yet.">
      <p>Create one here, or from a terminal, and connect a program to it:</p>
      <CopyLine label="the command" text="npx iothub-emulator device create myDevice" />
    </Empty>
  );
};
