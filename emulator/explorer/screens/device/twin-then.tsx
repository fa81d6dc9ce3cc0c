import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { HistoryVersion } from '../../../../protocol/admin/history.ts';
import { messageOf } from '../../api/client.ts';
import type { TwinDocument } from '../../api/documents.ts';
import { twinPath } from '../../api/service.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { TextField } from '../../parts/fields.tsx';
import { JsonTree } from '../../parts/json-tree.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { plainSection } from '../../text/paths.ts';
import { exact } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import type { OpenDevice } from './data.ts';

interface TwinThenProps {
  readonly device: OpenDevice;
  /** The version that is chosen; the twin as of another moment is shown if the address names one. */
  readonly version: HistoryVersion | undefined;
}

/** The twin as it was: at a version, at a time, or after an event. */
export const TwinThen = ({ device, version }: TwinThenProps) => {
  const { navigation } = useApp();
  const at = navigation.location.value.query.get('at');
  const text = useSignal(at ?? '');
  const show = (event: Event): void => {
    event.preventDefault();
    navigation.setQuery({ at: text.value.trim() || undefined }, 'push');
  };
  return (
    <Card title={at === undefined ? titleOf(version) : `The twin as of ${visible(at)}`}>
      <form class="stack" onSubmit={show}>
        <TextField
          label="As of: a time, or the number of an event"
          value={text}
          placeholder={version === undefined ? '' : `${version.at} or ${version.event}`}
          mono
        />
        <div class="row">
          <Button submit>Show</Button>
        </div>
      </form>
      {at === undefined ? <Shown twin={twinIn(version)} /> : <AsOf key={at} device={device} at={at} />}
    </Card>
  );
};

const titleOf = (version: HistoryVersion | undefined): string =>
  version === undefined ? 'The twin as it was' : `The twin as of version ${version.version}, ${exact(version.at)}`;

/** null: it was deleted. */
const twinIn = (version: HistoryVersion | undefined): TwinDocument | null | undefined =>
  version === undefined ? undefined : (version.twin as TwinDocument | null); // as the hub renders twins

const AsOf = ({ device, at }: { device: OpenDevice; at: string }) => {
  const { client } = useApp();
  const path = `/at/${encodeURIComponent(at)}${twinPath(device.key)}`;
  const twin = useMemo(() => createResource(() => client.get<TwinDocument>(path)), [path]);
  useEffect(() => void twin.reload(), [twin]);
  const error = twin.error.value;
  return error === undefined ? (
    <Shown twin={twin.value.value} />
  ) : (
    <Problem>
      <Text value={messageOf(error)} />
    </Problem>
  );
};

const Shown = ({ twin }: { twin: TwinDocument | null | undefined }) => {
  if (twin === undefined) return null;
  if (twin === null) return <Empty title="It was deleted then." />;
  const { desired, reported } = twin.properties;
  const sections = { tags: twin.tags ?? {}, desired: plainSection(desired), reported: plainSection(reported) };
  return <JsonTree value={sections} label="The twin as it was" />;
};
