import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { TwinDocument } from '../../api/documents.ts';
import type { HubEvent } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { JsonTree } from '../../parts/json-tree.tsx';
import { Code, Sentence } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { plainSection } from '../../text/paths.ts';
import { sentenceOf } from '../../text/sentences.ts';
import { exact, timeOfDay } from '../../text/time.ts';

/** The hub as it was at one moment. */
interface Moment {
  readonly at: string;
  readonly devices: number;
  readonly connected: readonly string[];
  readonly events: readonly HubEvent[];
}

interface Span {
  readonly from: string;
  readonly to: string;
}

/** A slider over the time of the hub: who was connected, what happened, and one twin as it was. */
export const Screen = () => {
  const { client, navigation } = useApp();
  const span = useMemo(() => createResource(() => client.get<Span>('/history')), []);
  useEffect(() => void span.reload(), []);
  const found = span.value.value;
  if (found === undefined) return null;
  const at = navigation.location.value.query.get('at') ?? found.to;
  return (
    <>
      <div class="title">
        <h1>History</h1>
        <Button run={() => span.reload().then(() => navigation.setQuery({ at: undefined }))}>Now</Button>
      </div>
      <Slider span={found} at={at} />
      <Then at={at} />
    </>
  );
};

const Slider = ({ span, at }: { span: Span; at: string }) => {
  const { navigation } = useApp();
  const move = (value: number) => navigation.setQuery({ at: new Date(value).toISOString() });
  return (
    <div class="card slider">
      <input
        type="range"
        aria-label="Time"
        aria-valuetext={exact(at)}
        min={Date.parse(span.from)}
        max={Date.parse(span.to)}
        value={Date.parse(at)}
        onInput={(event) => move(event.currentTarget.valueAsNumber)}
      />
      <div class="row small">
        <span class="faint">{timeOfDay(span.from)}</span>
        <strong class="grow centred">{exact(at)}</strong>
        <span class="faint">{timeOfDay(span.to)}</span>
      </div>
    </div>
  );
};

const Then = ({ at }: { at: string }) => {
  const { client } = useApp();
  const moment = useMemo(
    () => createResource(() => client.get<Moment>(`/history/at?time=${encodeURIComponent(at)}`)),
    [at],
  );
  const device = useSignal<string | undefined>(undefined);
  useEffect(() => void moment.reload(), [moment]);
  const found = moment.value.value;
  if (found === undefined) return null;
  return (
    <div class="columns-2">
      <Card title="What had just happened" aside={`${found.connected.length} of ${found.devices} connected`} flush>
        {found.events.length === 0 && <Empty title="Nothing yet." />}
        <ol class="happenings">
          {found.events.toReversed().map((event) => (
            <li key={event.sequence}>
              <time class="faint mono">{timeOfDay(event.time)}</time>
              <span class="grow cut">
                <Sentence parts={sentenceOf(event) ?? [event.type]} />
              </span>
              {event.key !== undefined && (
                <Button kind="link" run={() => (device.value = event.key)}>
                  twin
                </Button>
              )}
            </li>
          ))}
        </ol>
      </Card>
      <TwinThen at={at} device={device.value ?? found.connected[0]} />
    </div>
  );
};

const TwinThen = ({ at, device }: { at: string; device: string | undefined }) => {
  const { client } = useApp();
  const path = `/history/twins/${encodeURIComponent(device ?? '')}?time=${encodeURIComponent(at)}`;
  const twin = useMemo(() => createResource(() => client.get<TwinDocument>(path)), [path]);
  useEffect(() => {
    if (device !== undefined) void twin.reload();
  }, [twin]);
  const sections = useComputed(() => {
    const found = twin.value.value;
    if (found === undefined) return undefined;
    const { desired, reported } = found.properties;
    return { tags: found.tags ?? {}, desired: plainSection(desired), reported: plainSection(reported) };
  });
  if (device === undefined) return null;
  return (
    <Card
      title={
        <>
          <Code value={device} /> as it was
        </>
      }
      flush
    >
      <JsonTree value={sections.value} label="Twin" />
    </Card>
  );
};
