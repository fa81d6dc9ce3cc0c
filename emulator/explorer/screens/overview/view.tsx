import { useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { DeviceRow } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { useCalm } from '../../parts/calm.ts';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { Chart, Legend } from '../../parts/chart.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { NotShown } from '../../parts/not-shown.tsx';
import { Code, Problem, Sentence, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { standsStill } from '../../state/marks.ts';
import { takeSnapshot } from '../../state/take-snapshot.ts';
import { exact, timeOfDay } from '../../text/time.ts';
import { ConnectCard } from './connect-card.tsx';
import { deservingALook, happenings, rate, smooth, stateText } from './data.ts';

const MOST_DEVICES = 8;
const MOST_HAPPENINGS = 12;
/** A chart of a minute moves little in this time, ms, and takes long to draw. */
const CHART_MS = 500;

export const Screen = () => {
  const app = useApp();
  useEffect(() => void app.fleet.load(), []);
  return (
    <>
      <Title />
      <div class="columns-2">
        <ConnectCard />
        <LastMinute />
      </div>
      <div class="columns-2">
        <Devices />
        <HappeningNow />
      </div>
    </>
  );
};

const Title = () => {
  const app = useApp();
  return (
    <div class="title">
      <h1>
        <Text value={app.info.value.hostname} />
      </h1>
      <div class="row">
        {app.offers('POST /reset') && (
          <Button run={() => app.navigation.go(linkTo(app, ['snapshots'], { reset: 'yes' }))}>Reset</Button>
        )}
        {app.offers('POST /snapshots') && <Button run={() => takeSnapshot(app)}>Snapshot</Button>}
        {app.offers('GET /service/*') && (
          <Button kind="primary" run={() => app.navigation.go(linkTo(app, ['devices'], { new: 'yes' }))}>
            New device
          </Button>
        )}
      </div>
    </div>
  );
};

const LastMinute = () => {
  const { recent, now, marks } = useApp();
  useCalm(recent.counts, CHART_MS).value; // drawn again when something has arrived
  // where time stands still, the second that has begun is all there will be of it
  const { seconds, reports, messages, refusals } = recent.lastMinute(now.value + (standsStill(marks) ? 1000 : 0));
  const lines = [
    { name: 'reports', colour: '--accent', values: smooth(reports) },
    { name: 'messages', colour: '--violet', values: smooth(messages) },
    { name: 'refusals', colour: '--bad', values: refusals },
  ];
  return (
    <Card title="Last minute">
      <Chart label="Reports, messages and refusals per second" times={seconds} lines={lines} />
      <Legend lines={lines.map((line) => ({ ...line, text: textOf(line) }))} />
    </Card>
  );
};

/** Refusals are counted, the rest is a rate. */
const textOf = ({ name, values }: { name: string; values: readonly number[] }): string =>
  name === 'refusals' ? String(values.reduce((sum, value) => sum + value, 0)) : `${rate(values)}/s`;

const Devices = () => {
  const app = useApp();
  const { connected, error, isLoaded } = app.fleet;
  const rows = useCalm(app.fleet.rows);
  const isEmpty = useComputed(() => app.fleet.rows.value.length === 0);
  const disabled = rows.value.filter(({ status }) => status === 'disabled').length;
  const counts = `${rows.value.length.toLocaleString('en')} · ${connected.value.toLocaleString('en')} connected${disabled > 0 ? ` · ${disabled} disabled` : ''}`;
  return (
    <Card class="overview-devices" title="Devices" aside={<a href={linkTo(app, ['devices'])}>{counts}</a>} flush>
      {error.value !== undefined && <Problem>{messageOf(error.value)}</Problem>}
      {isLoaded.value && isEmpty.value && <NoDevice />}
      {rows.value.length > 0 && <DeviceTable rows={deservingALook(rows.value, MOST_DEVICES)} />}
    </Card>
  );
};

const NoDevice = () => (
  <Empty title="No device yet.">
    <p>Create one and connect a program to it:</p>
    <CopyLine label="the command" text="npx iothub-emulator device create myDevice" />
  </Empty>
);

const DeviceTable = ({ rows }: { rows: readonly DeviceRow[] }) => {
  const app = useApp();
  app.fleet.watch(rows.map(({ id }) => id));
  return (
    <table class="table tight">
      <thead>
        <tr>
          <th>device</th>
          <th>state</th>
          <th>drift</th>
          <th class="narrow-hide">last message</th>
          <th>last report</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <DeviceLine key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
};

const DeviceLine = ({ row }: { row: DeviceRow }) => (
  <tr class={row.refused !== undefined && !row.connected ? 'alarm' : undefined}>
    <td>
      <a class="device" href={linkTo(useApp(), ['devices', row.id])}>
        <span class={row.connected ? 'dot on' : 'dot'} />
        <Code value={row.id} most={48} />
      </a>
    </td>
    <td>
      <span class="few-lines" title={stateText(row)}>
        <Text value={stateText(row)} most={60} />
      </span>
    </td>
    <td>{row.drift.different > 0 && <Pill tone="warn">{row.drift.different}</Pill>}</td>
    <td class="narrow-hide">
      <div class="cut message">
        {row.lastMessage === undefined ? '—' : <Code value={row.lastMessage.text} most={80} />}
      </div>
    </td>
    <td class="muted">
      <Ago at={row.lastReport} />
    </td>
  </tr>
);

const HappeningNow = () => {
  const { recent, stream } = useApp();
  const found = happenings(useCalm(recent.events).value, MOST_HAPPENINGS);
  const isLive = stream.state.value === 'live';
  return (
    <Card
      title="Happening now"
      aside={<Pill tone={isLive ? 'good' : 'warn'}>{isLive ? 'live' : 'waiting'}</Pill>}
      flush
    >
      {found.length === 0 && (
        <Empty title="Nothing yet.">What devices and services do appears here as it happens.</Empty>
      )}
      <ol class="happenings">
        {found.map(({ sequence, time, parts, times }) => (
          <li key={sequence}>
            <time class="faint mono" dateTime={time} title={exact(time)}>
              {timeOfDay(time)}
            </time>
            <span class="grow">
              <Sentence parts={parts} />
              {times > 1 && <span class="faint"> ×{times}</span>}
            </span>
          </li>
        ))}
      </ol>
      <NotShown
        count={[...recent.leftOut.value.values()].reduce((sum, count) => sum + count, 0)}
        hint="charts and counts have them"
      />
    </Card>
  );
};
