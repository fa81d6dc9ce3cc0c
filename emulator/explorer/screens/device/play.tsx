import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { type App, useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { exact, timeOfDay } from '../../text/time.ts';
import { atOnce, BrowserDevice, type DeviceTemplate } from './browser-device.ts';
import type { OpenDevice } from './data.ts';
import { TemplateCard } from './template-card.tsx';

/** Devices that this page plays, by hub and id: they stay connected while other places are looked at. */
const played = new WeakMap<App, Map<string, BrowserDevice>>();

const deviceOf = (app: App, key: string): BrowserDevice => {
  const devices = played.get(app) ?? new Map<string, BrowserDevice>();
  played.set(app, devices);
  const openSource = (path: string) => new EventSource(`${app.client.base}${path}`);
  const found = devices.get(key) ?? new BrowserDevice({ client: app.client, openSource, now: app.marks.now }, key);
  devices.set(key, found);
  return found;
};

/** The device itself, for those who have none: sliders, a lamp and a button. */
export const Play = ({ device: { key } }: { device: OpenDevice }) => {
  const app = useApp();
  const device = deviceOf(app, key);
  const templates = useMemo(() => createResource(() => app.client.get<readonly DeviceTemplate[]>('/templates')), []);
  useEffect(() => void templates.reload(), []);
  const name = useSignal('climate');
  const list = templates.value.value;
  const template = list?.find((each) => each.name === name.value);
  if (templates.error.value !== undefined) return <Problem>{messageOf(templates.error.value)}</Problem>;
  if (list === undefined || template === undefined) return null;
  return (
    <div class="columns-2">
      <Card
        title="Be this device"
        aside={device.isOn.value ? <Pill tone="good">connected by this page</Pill> : <Pill>not connected here</Pill>}
      >
        <div class="stack">
          <div class="row bottom">
            <SelectField
              label="Kind"
              value={name}
              options={list.map((each) => [each.name, each.title || each.name] as const)}
            />
            {device.isOn.value ? (
              <Button run={() => device.disconnect()}>Disconnect</Button>
            ) : (
              <Button kind="primary" run={() => device.connect(template)}>
                Connect
              </Button>
            )}
          </div>
          {device.problem.value !== '' && <Problem>{device.problem.value}</Problem>}
          <Controls key={template.name} device={device} template={template} />
        </div>
      </Card>
      <div class="stack wide">
        <Lamp device={device} />
        <HeardCard device={device} />
        <TemplateCard
          key={template.name}
          template={template}
          changed={async (saved = 'climate') => {
            await templates.reload();
            name.value = saved;
          }}
        />
      </div>
    </div>
  );
};

const EVERY_MS = 5000;

const Controls = ({ device, template }: { device: BrowserDevice; template: DeviceTemplate }) => {
  const values = useMemo(() => slidersOf(template), [template]);
  const isRepeating = useSignal(false);
  const read = () => Object.fromEntries([...values].map(([name, { value }]) => [name, value.value]));
  useEffect(() => {
    if (!isRepeating.value || !device.isOn.value) return;
    const timer = setInterval(() => void device.send(read()), EVERY_MS);
    return () => clearInterval(timer);
  }, [isRepeating.value, device.isOn.value]);
  const isOff = !device.isOn.value;
  return (
    <fieldset class="plain stack" disabled={isOff} aria-label="Controls">
      {[...values].map(([name, slider]) => (
        <Slider key={name} name={name} slider={slider} />
      ))}
      <div class="row">
        <Button run={() => device.send(read())} disabled={isOff}>
          Send the values
        </Button>
        <Button run={() => device.send({ button: 'pressed' })} disabled={isOff}>
          Press the button
        </Button>
        <label class="check">
          <input
            type="checkbox"
            checked={isRepeating}
            onChange={(event) => (isRepeating.value = event.currentTarget.checked)}
          />{' '}
          send every 5 seconds
        </label>
      </div>
      <p class="small muted">
        It answers {Object.keys(template.methods).join(', ') || 'no method'}, follows the desired property{' '}
        <code>lamp</code>, and takes messages.
      </p>
    </fieldset>
  );
};

interface SliderState {
  readonly value: Signal<number>;
  readonly low: number;
  readonly high: number;
}

const slidersOf = ({ telemetry }: DeviceTemplate): ReadonlyMap<string, SliderState> => {
  const middles = atOnce(telemetry);
  return new Map(
    Object.entries(telemetry).flatMap(([name, field]) =>
      Array.isArray(field)
        ? [[name, { value: signal(Number(middles[name])), low: field[0], high: field[1] }] as const]
        : [],
    ),
  );
};

const Slider = ({ name, slider: { value, low, high } }: { name: string; slider: SliderState }) => (
  <label class="dial">
    <span>{name}</span>
    <input
      type="range"
      min={low}
      max={high}
      step={(high - low) / 100}
      value={value}
      onInput={(event) => (value.value = Math.round(event.currentTarget.valueAsNumber * 100) / 100)}
    />
    <output>{value.value}</output>
  </label>
);

const Lamp = ({ device }: { device: BrowserDevice }) => {
  const lamp = device.lamp.value;
  const isLit = lamp === 'on' || lamp === true;
  return (
    <Card title="Lamp">
      <div class="row" role="status">
        <span class={isLit ? 'lamp lit' : 'lamp'} aria-hidden="true" />
        <strong>{isLit ? 'on' : 'off'}</strong>
        <span class="muted">
          {lamp === undefined ? (
            <>
              Set the desired property <code>lamp</code> to “on”, and it lights up.
            </>
          ) : (
            <>
              desired: <Code value={JSON.stringify(lamp)} most={60} />
            </>
          )}
        </span>
      </div>
    </Card>
  );
};

const HeardCard = ({ device }: { device: BrowserDevice }) => (
  <Card title="What the device hears and does" flush>
    {device.heard.value.length === 0 && <p class="nothing faint">Nothing yet: connect it.</p>}
    <ol class="happenings">
      {device.heard.value.map(({ number, at, what, text }) => (
        <li key={number}>
          <time class="faint mono" title={exact(at)}>
            {timeOfDay(at)}
          </time>
          <span class="grow">
            {what} <Code value={text} most={200} />
          </span>
        </li>
      ))}
    </ol>
  </Card>
);
