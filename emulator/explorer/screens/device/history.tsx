import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { twinPath } from '../../api/service.ts';
import type { PathChange } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, FilterPill } from '../../parts/card.tsx';
import { NumberField } from '../../parts/fields.tsx';
import { useApp } from '../../state/app.ts';
import { type OpenDevice, PARTS, type Part } from './data.ts';
import { ChangeLine, VersionLine } from './versions.tsx';
import { loadVersions } from './versions-data.ts';

/** All versions that are kept, and what differs between any two of one part. */
export const History = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const versions = useMemo(() => loadVersions(app, device.key), [device.key]);
  useEffect(() => versions.close, [versions]);
  const part = useSignal<Part | undefined>(undefined);
  const list = versions.list.value.filter((version) => part.value === undefined || version.part === part.value);
  return (
    <div class="columns-2">
      <Card title={versions.isComplete ? 'Versions' : 'Changes'} aside={<Parts part={part} />} flush>
        {list.length === 0 && <Empty title="Nothing has changed yet." />}
        <ol class="versions">
          {list.slice(0, 200).map((version) => (
            <VersionLine key={`${version.part}${version.version ?? ''}${version.at}`} version={version} />
          ))}
        </ol>
      </Card>
      {versions.isComplete && (
        <Compare
          device={device}
          latest={versions.list.value.find((version) => version.part === (part.value ?? 'reported'))?.version ?? 1}
          part={part.value ?? 'reported'}
        />
      )}
    </div>
  );
};

const Parts = ({ part }: { part: { value: Part | undefined } }) => (
  <span class="row">
    {PARTS.map((name) => (
      <FilterPill key={name} on={part.value === name} run={() => (part.value = part.value === name ? undefined : name)}>
        {name}
      </FilterPill>
    ))}
  </span>
);

interface CompareProps {
  readonly device: OpenDevice;
  readonly part: Part;
  readonly latest: number;
}

const Compare = ({ device, part, latest }: CompareProps) => {
  const { client, notices } = useApp();
  const from = useSignal(Math.max(1, latest - 1));
  const to = useSignal(latest);
  const changes = useSignal<readonly PathChange[] | undefined>(undefined);
  const compare = () =>
    notices.run(async () => {
      const path = `${twinPath(device.key)}/compare?part=${part}&from=${from.value}&to=${to.value}`;
      changes.value = await client.get<readonly PathChange[]>(path);
    });
  return (
    <Card title={`Compare two versions of ${part}`}>
      <div class="stack">
        <div class="row">
          <NumberField label="From" value={from} min={1} inline />
          <NumberField label="to" value={to} min={1} inline />
          <Button run={compare}>Compare</Button>
        </div>
        {changes.value?.length === 0 && <p class="muted">They are the same.</p>}
        {changes.value?.map((change) => (
          <ChangeLine key={change.path} change={change} />
        ))}
      </div>
    </Card>
  );
};
