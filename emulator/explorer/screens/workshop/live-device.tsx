import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { JsonTree } from '../../parts/json-tree.tsx';
import { Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { plainSection } from '../../text/paths.ts';
import { type OpenDevice, openDevice } from '../device/data.ts';
import { concerns, followTraffic } from '../traffic/data.ts';
import { Sequence } from './sequence.tsx';

const MOST_ARROWS = 8;

/** The twin of the device that the lesson is about, and what went over the wire. */
export const LiveDevice = () => {
  const app = useApp();
  useEffect(() => void app.fleet.load(), []);
  const id = useComputed(() => app.navigation.location.value.query.get('device') ?? latestDevice(app.fleet.rows.value));
  if (id.value === undefined) return <Empty title="No device yet." />;
  return <Live key={id.value} id={id.value} />;
};

const latestDevice = (rows: readonly { id: string; lastActivity?: string }[]): string | undefined =>
  rows.toSorted((a, b) => (b.lastActivity ?? '').localeCompare(a.lastActivity ?? ''))[0]?.id;

const Live = ({ id }: { id: string }) => {
  const app = useApp();
  const device = useMemo(() => openDevice(app, id), [id]);
  useEffect(() => device.close, [device]);
  const isConnected = device.connection.value.value !== undefined;
  return (
    <Card
      title="Your device, live"
      aside={
        <Pill {...(isConnected ? { tone: 'good' as const } : {})}>
          <span class={isConnected ? 'dot on' : 'dot'} /> <Text value={id} />
        </Pill>
      }
      flush
    >
      <TwinNow device={device} />
      {app.offers('GET /traffic') && <Wire id={id} />}
    </Card>
  );
};

const TwinNow = ({ device }: { device: OpenDevice }) => {
  const twin = device.twin.value.value;
  if (twin === undefined) return null;
  const { desired, reported } = twin.properties;
  return (
    <JsonTree
      label="Twin"
      value={{ tags: twin.tags ?? {}, desired: plainSection(desired), reported: plainSection(reported) }}
      noteOf={(path) => (path.length === 1 ? { text: versionText(path[0], twin.properties) } : undefined)}
    />
  );
};

const versionText = (
  part: string | undefined,
  { desired, reported }: { desired: { $version?: number }; reported: { $version?: number } },
): string => {
  if (part === 'desired') return `$version ${desired.$version ?? 1}`;
  return part === 'reported' ? `$version ${reported.$version ?? 1}` : '';
};

const Wire = ({ id }: { id: string }) => {
  const app = useApp();
  const traffic = useMemo(() => followTraffic(app), []);
  useEffect(() => traffic.close, []);
  // what the page asks for itself is not of the lesson
  const entries = traffic.all.value.filter((entry) => concerns(entry, id) && entry.who !== 'page').slice(-MOST_ARROWS);
  return <Sequence entries={entries} />;
};
