import { useSignal } from '@preact/signals';
import type { LatestVersions } from '../../../../protocol/admin/history.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { type App, linkTo, useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';
import { exact, timeOfDay } from '../../text/time.ts';
import { PartPills } from '../device/part-pills.tsx';
import { PlacedChange } from '../device/versions.tsx';
import { CHANGED_PARTS } from '../device/versions-data.ts';
import { fitting, type LatestVersion } from './filter.ts';
import { NOTHING, PORTION, spotOf, withLatest, withOlder } from './loaded.ts';

/** The latest versions of all twins and identities: which, when, by whom, and what has changed. */
export const Screen = () => {
  const app = useApp();
  const { client, navigation } = app;
  const loaded = useSignal(NOTHING);
  const fetched = (query = ''): Promise<LatestVersions> => client.get(`/history?limit=${PORTION}${query}`);
  const latest = useReloading(async () => {
    const versions = await fetched();
    loaded.value = withLatest(loaded.value, versions);
  }, isChange);
  const { query } = navigation.location.value;
  const [part, text] = [CHANGED_PARTS.find((name) => name === query.get('part')), query.get('q') ?? ''];
  const { versions: list, hasMore } = loaded.value;
  const shown = fitting(list, { part, text });
  const more = async (): Promise<void> => {
    const [after = ''] = list.slice(-1).map(spotOf);
    const older = await fetched(`&before=${encodeURIComponent(after)}`);
    loaded.value = withOlder(loaded.value, older, after);
  };
  const error = latest.error.value;
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>History</h1>
          <DiffersFromAzure topic="twins" />
        </div>
      </div>
      <div class="tools">
        <SearchBox
          label="Search in ids, authors and paths"
          value={text}
          change={(next) => navigation.setQuery({ q: next === '' ? undefined : next })}
          placeholder="thermostat-07, policy service, firmware"
        />
        <PartPills part={part} />
      </div>
      {error !== undefined && (
        <Problem>
          <Text value={messageOf(error)} />
        </Problem>
      )}
      <Card title="Latest changes" aside={`${shown.length} of ${list.length}, newest first`} flush>
        {shown.length === 0 && <Empty title={list.length === 0 ? 'Nothing has changed yet.' : 'Nothing fits.'} />}
        <ol class="versions" aria-label="Versions">
          {shown.map((version) => (
            <Line key={spotOf(version)} version={version} />
          ))}
        </ol>
        {hasMore && (
          <p class="nothing">
            <Button run={() => app.notices.run(more)}>Older ones</Button>
          </p>
        )}
      </Card>
    </>
  );
};

const isChange = ({ type }: { readonly type: string }): boolean => /^(?:twin|identity|hub)\./.test(type);

const MOST_SHOWN = 3;

const Line = ({ version }: { version: LatestVersion }) => {
  const app = useApp();
  const { id, at, by, what, changes } = version;
  return (
    <li>
      <time class="faint mono" title={exact(at)}>
        {timeOfDay(at)}
      </time>
      <div class="grow">
        <div class="row">
          <a href={versionOf(app, version)}>
            <Code value={id} most={80} />
          </a>
          <Pill>version {version.version}</Pill>
          {what !== 'changed' && <Pill tone={what === 'created' ? 'good' : 'bad'}>{what}</Pill>}
          <span class="muted small">
            by <Text value={by} most={80} />
          </span>
        </div>
        {changes.slice(0, MOST_SHOWN).map((change) => (
          <PlacedChange key={change.path} change={change} />
        ))}
        {changes.length > MOST_SHOWN && (
          <a class="small" href={versionOf(app, version)}>
            {changes.length - MOST_SHOWN} more
          </a>
        )}
      </div>
    </li>
  );
};

/** The History tab of the twin, with this version chosen. */
const versionOf = (app: App, { id, version }: LatestVersion): string => {
  const [device = '', module] = id.split('/');
  const path = module === undefined ? ['devices', device] : ['devices', device, 'modules', module];
  return linkTo(app, [...path, 'history'], { version: String(version) });
};
