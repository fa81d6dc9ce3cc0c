import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { HistoryVersion } from '../../../../protocol/admin/history.ts';
import { messageOf } from '../../api/client.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { type App, useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { timeOfDay } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import type { OpenDevice } from './data.ts';
import { PartPills } from './part-pills.tsx';
import { TwinThen } from './twin-then.tsx';
import { PlacedChange, VersionLine } from './versions.tsx';
import { CHANGED_PARTS, historyPath, loadVersions, noteOf, type VersionEntry, withPart } from './versions-data.ts';

/** All versions that are kept: when, by whom and what; any two compared; and the twin as it was. The address names them. */
export const History = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const versions = useMemo(() => loadVersions(app, device.key), [device.key]);
  useEffect(() => versions.close, [versions]);
  const { query } = app.navigation.location.value;
  const part = CHANGED_PARTS.find((name) => name === query.get('part'));
  const list = versions.list.value;
  const problem = versions.problem.value;
  if (problem !== undefined) return <Told problem={problem} />;
  return (
    <div class="columns-2">
      <Card
        title="Versions"
        aside={
          <span class="row">
            <PartPills part={part} />
          </span>
        }
        flush
      >
        {withPart(list, part).length === 0 && <Empty title="Nothing has changed yet." />}
        <ol class="versions">
          {withPart(list, part).map((version) => (
            <VersionLine
              key={version.version}
              version={version}
              note={noteOf(version, list)}
              chosen={() => choose(app, version)}
            />
          ))}
        </ol>
      </Card>
      {list.length > 0 && <Chosen device={device} list={list} />}
    </div>
  );
};

const Told = ({ problem }: { problem: unknown }) => (
  <Problem>
    <Text value={messageOf(problem)} />
  </Problem>
);

const choose = ({ navigation }: App, { version }: VersionEntry): void =>
  navigation.setQuery({ version: String(version), against: undefined, at: undefined }, 'push');

interface ChosenProps {
  readonly device: OpenDevice;
  readonly list: readonly VersionEntry[];
}

/** The latest version, unless the address names another one. */
const Chosen = ({ device, list }: ChosenProps) => {
  const { client, navigation } = useApp();
  const { query } = navigation.location.value;
  const version = query.get('version') ?? String(list[0]?.version);
  const against = query.get('against') ?? String(Math.max(1, Number(version) - 1));
  const path = `${historyPath(device.key)}/${version}?against=${against}`;
  const found = useMemo(() => createResource(() => client.get<HistoryVersion>(path)), [path]);
  useEffect(() => void found.reload(), [found]);
  const error = found.error.value;
  return (
    <div class="stack">
      <Card title="Compare two versions">
        <div class="stack">
          <div class="row">
            <Choice label="Version" name="version" value={version} list={list} />
            <Choice label="against" name="against" value={against} list={list} />
          </div>
          {error !== undefined && <Told problem={error} />}
          <Differences found={found.value.value} />
        </div>
      </Card>
      <TwinThen device={device} version={found.value.value} />
    </div>
  );
};

interface ChoiceProps {
  readonly label: string;
  readonly name: 'version' | 'against';
  readonly value: string;
  readonly list: readonly VersionEntry[];
}

const Choice = ({ label, name, value, list }: ChoiceProps) => {
  const { navigation } = useApp();
  const chosen = useSignal(value);
  useEffect(() => {
    chosen.value = value;
  }, [value]);
  useEffect(
    () =>
      chosen.subscribe((next) => {
        if (next !== value) navigation.setQuery({ [name]: next, at: undefined });
      }),
    [value],
  );
  const options = list.map(
    ({ version, at, by }) => [String(version), `${version} · ${timeOfDay(at)} · ${visible(by)}`] as const,
  );
  return <SelectField label={label} value={chosen} options={options} inline />;
};

const Differences = ({ found }: { found: HistoryVersion | undefined }) => {
  if (found === undefined) return null;
  if (found.changes.length === 0) return <p class="muted">They are the same, or there is nothing to compare with.</p>;
  return (
    <ul class="plain" aria-label="Differences">
      {found.changes.map((change) => (
        <li key={change.path}>
          <PlacedChange change={change} />
        </li>
      ))}
    </ul>
  );
};
