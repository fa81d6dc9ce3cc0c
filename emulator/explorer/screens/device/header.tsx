import { Button } from '../../parts/button.tsx';
import { Pill } from '../../parts/card.tsx';
import { copyText } from '../../parts/copy.tsx';
import { Menu } from '../../parts/menu.tsx';
import { editOnScreen } from '../../parts/screen-keys.ts';
import { Text } from '../../parts/text.tsx';
import { type App, linkTo, useApp } from '../../state/app.ts';
import { AUTHENTICATION } from '../../text/authentication.ts';
import { ago, exact, isNever, timeOfDay } from '../../text/time.ts';
import { protocolName } from '../overview/data.ts';
import type { OpenDevice } from './data.ts';

/** Who it is, whether it is connected, and why not if it was refused. */
export const Header = ({ device }: { device: OpenDevice }) => {
  const twin = device.twin.value.value;
  return (
    <div class="title device-title">
      <div>
        <div class="row">
          <h1>
            <Text value={device.key} most={160} />
          </h1>
          <State device={device} />
        </div>
        {twin !== undefined && (
          <p class="muted">
            {twin.status}
            {twin.statusReason && (
              <>
                {' '}
                (<Text value={twin.statusReason} />)
              </>
            )}{' '}
            · {AUTHENTICATION[twin.authenticationType] ?? twin.authenticationType}
            {twin.capabilities?.iotEdge && ' · IoT Edge'}
            {twin.modelId && (
              <>
                {' '}
                · model <code>{twin.modelId}</code>
              </>
            )}
            {!isNever(twin.lastActivityTime) && (
              <span title={exact(twin.lastActivityTime)}> · last activity {timeOfDay(twin.lastActivityTime)}</span>
            )}{' '}
            · <code>etag {twin.etag}</code>
          </p>
        )}
        <LastRefusal device={device} />
      </div>
      <Actions device={device} />
    </div>
  );
};

const State = ({ device }: { device: OpenDevice }) => {
  const { now, fleet } = useApp();
  fleet.rows.value; // the row tells since when
  const row = fleet.find(device.key);
  const connection = device.connection.value.value;
  if (connection === undefined)
    return <Pill>offline{row?.since && ` · ${ago(Date.parse(row.since), now.value)}`}</Pill>;
  const since = connection.since ?? row?.since;
  return (
    <Pill tone="good">
      <span class="dot on" /> connected · {protocolName(connection.protocol)}
      {since !== undefined && ` · ${ago(Date.parse(since), now.value)}`}
    </Pill>
  );
};

const LastRefusal = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  app.fleet.rows.value; // told by events
  const refused = app.fleet.find(device.key)?.refused;
  if (device.connection.value.value !== undefined || device.connection.error.value !== undefined) return null;
  if (refused === undefined)
    return (
      <p>
        <a href={linkTo(app, ['connect'], { device: device.key })}>Why does it not connect?</a>
      </p>
    );
  return (
    <p class="bad">
      Refused {ago(Date.parse(refused.at), app.now.value)} ago: <Text value={refused.why} />
      {refused.remedy !== undefined && (
        <>
          {' → '}
          <strong>
            <Text value={refused.remedy} most={300} />
          </strong>
        </>
      )}{' '}
      {app.offers('GET /traffic') && (
        <a href={linkTo(app, ['traffic'], { q: `device:${device.key} errors` })}>show the attempt</a>
      )}
    </p>
  );
};

const Actions = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const path = `/connections/${device.key.split('/').map(encodeURIComponent).join('/modules/')}`;
  const disconnect = () =>
    app.notices.run(() => app.client.send(`${path}/disconnect`, { method: 'POST' }), 'Disconnected.');
  const expire = () =>
    app.notices.run(
      () => app.client.send(`${path}/expire`, { method: 'POST' }),
      'Disconnected as if its token had expired.',
    );
  return (
    <div class="row">
      {device.connection.value.value !== undefined && (
        <>
          <Button run={disconnect}>Disconnect</Button>
          <Button run={expire}>Expire token</Button>
        </>
      )}
      <Menu title="Copy as" items={copies(app, device)} />
      {app.offers('GET /service/*') && (
        <Button kind="primary" keys="e" run={() => editTwin(app, device.key)}>
          Patch twin
        </Button>
      )}
    </div>
  );
};

const editTwin = (app: App, key: string): void => {
  const [id = '', module] = key.split('/');
  app.navigation.go(
    linkTo(app, module === undefined ? ['devices', id, 'twin'] : ['devices', id, 'modules', module, 'twin']),
  );
  requestAnimationFrame(editOnScreen);
};

const copies = (app: App, device: OpenDevice) => {
  const [id = '', module] = device.key.split('/');
  const query = `device=${encodeURIComponent(id)}${module === undefined ? '' : `&module=${encodeURIComponent(module)}`}`;
  const copy = (make: () => Promise<string> | string) => () =>
    app.notices.run(async () => copyText(await make()), 'Copied.');
  return [
    {
      title: 'Connection string',
      run: copy(
        async () =>
          (await app.client.get<{ connectionString: string }>(`/connection-string?${query}`)).connectionString,
      ),
    },
    { title: 'Twin as JSON', run: copy(() => JSON.stringify(device.twin.value.peek(), null, 2)) },
    {
      title: 'az command for the twin',
      run: copy(() => `az iot hub device-twin show --device-id '${id}' --login "$IOTHUB_CONNECTION_STRING"`),
    },
    { title: 'Query for the twin', run: copy(() => `SELECT * FROM devices WHERE deviceId = '${id}'`) },
  ];
};
