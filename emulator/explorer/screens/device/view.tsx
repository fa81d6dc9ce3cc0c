import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ApiError, messageOf } from '../../api/client.ts';
import { NotThere } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { type App, linkTo, useApp } from '../../state/app.ts';
import type { Topic } from '../../text/differences.ts';
import { CloudToDevice } from './cloud-to-device.tsx';
import { type OpenDevice, openDevice } from './data.ts';
import { Files } from './files.tsx';
import { Header } from './header.tsx';
import { History } from './history.tsx';
import { Identity } from './identity.tsx';
import { Messages } from './messages.tsx';
import { Methods } from './methods.tsx';
import { Modules } from './modules.tsx';
import { Play } from './play.tsx';
import { Traffic } from './traffic.tsx';
import { Twin } from './twin.tsx';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly View: ComponentType<{ device: OpenDevice }>;
  readonly differsIn?: Topic;
  readonly isThere?: (app: App, key: string) => boolean;
}

const TABS: readonly Tab[] = [
  { id: 'twin', title: 'Twin', View: Twin, differsIn: 'twins' },
  { id: 'messages', title: 'Messages', View: Messages, differsIn: 'events' },
  {
    id: 'methods',
    title: 'Methods',
    View: Methods,
    differsIn: 'methods',
    isThere: ({ offers }) => offers('GET /service/*'),
  },
  {
    id: 'cloud-to-device',
    title: 'Cloud-to-device',
    View: CloudToDevice,
    differsIn: 'cloud-to-device',
    isThere: ({ offers }, key) => offers('GET /messages/:deviceId') && !key.includes('/'),
  },
  {
    id: 'modules',
    title: 'Modules',
    View: Modules,
    isThere: ({ offers }, key) => offers('GET /service/*') && !key.includes('/'),
  },
  {
    id: 'files',
    title: 'Files',
    View: Files,
    differsIn: 'files',
    isThere: ({ offers }, key) => offers('GET /files/:deviceId') && !key.includes('/'),
  },
  { id: 'identity', title: 'Identity', View: Identity, differsIn: 'identities' },
  {
    id: 'play',
    title: 'Play',
    View: Play,
    isThere: ({ offers }, key) => offers('GET /simulated/:deviceId') && !key.includes('/'),
  },
  {
    id: 'history',
    title: 'History',
    View: History,
    isThere: ({ offers }) => offers('GET /history/:deviceId'),
  },
  {
    id: 'traffic',
    title: 'Traffic',
    View: Traffic,
    differsIn: 'protocols',
    isThere: ({ offers }) => offers('GET /traffic'),
  },
];

/** One device at `/devices/D/TAB`, or a module of it at `/devices/D/modules/M/TAB`. */
export const Screen = ({ device, rest }: { device: string; rest: readonly string[] }) => {
  const [tab, module, moduleTab] = rest;
  const isModule = tab === 'modules' && module !== undefined;
  const key = isModule ? `${device}/${module}` : device;
  return <Open key={key} deviceKey={key} tab={(isModule ? moduleTab : tab) ?? 'twin'} />;
};

const Open = ({ deviceKey, tab }: { deviceKey: string; tab: string }) => {
  const app = useApp();
  const device = useMemo(() => openDevice(app, deviceKey), [deviceKey]);
  useEffect(() => device.close, [device]);
  const error = device.twin.error.value;
  if (error instanceof ApiError && error.status === 404) return <Gone deviceKey={deviceKey} />;
  const tabs = TABS.filter(({ isThere }) => isThere?.(app, deviceKey) ?? true);
  const { View } = tabs.find(({ id }) => id === tab) ?? { View: Twin };
  return (
    <>
      <Header device={device} />
      <Tabs tabs={tabs} current={tab} device={device} />
      {error !== undefined && <Problem>{messageOf(error)}</Problem>}
      <View device={device} />
    </>
  );
};

interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly device: OpenDevice;
}

const Tabs = ({ tabs, current, device }: TabsProps) => {
  const app = useApp();
  const [id = '', module] = device.key.split('/');
  const base = module === undefined ? ['devices', id] : ['devices', id, 'modules', module];
  const topic = tabs.find(({ id: tab }) => tab === current)?.differsIn;
  const waiting = device.twin.value.value?.cloudToDeviceMessageCount ?? 0;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => nav.current?.scrollBy(hiddenPart(nav.current), 0), [current, waiting]);
  return (
    <nav class="tabs" aria-label="Parts of the device" ref={nav}>
      {tabs.map((tab) => (
        <a key={tab.id} href={linkTo(app, [...base, tab.id])} aria-current={tab.id === current ? 'page' : undefined}>
          {tab.title}
          {tab.id === 'cloud-to-device' && waiting > 0 && <span class="pill">{waiting}</span>}
        </a>
      ))}
      {topic !== undefined && <DiffersFromAzure key={topic} topic={topic} />}
    </nav>
  );
};

/** How far the part that is open is out of sight on a narrow screen, pixels. */
const hiddenPart = (nav: HTMLElement): number => {
  const [box, open] = [nav, nav.querySelector('[aria-current]') ?? nav].map((each) => each.getBoundingClientRect());
  if (box === undefined || open === undefined) return 0;
  return Math.min(0, open.left - box.left) || Math.max(0, open.right - box.right);
};

const Gone = ({ deviceKey }: { deviceKey: string }) => {
  const app = useApp();
  return (
    <NotThere title="This hub has no such device.">
      <p>
        <Text value={deviceKey} /> is not registered, or was deleted. Ids are case-sensitive.{' '}
        <a href={linkTo(app, ['devices'])}>All devices</a>
      </p>
    </NotThere>
  );
};
