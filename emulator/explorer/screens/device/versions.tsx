import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { PathChange } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { Code, Text } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { valueText } from '../../text/sentences.ts';
import { exact, timeOfDay } from '../../text/time.ts';
import type { OpenDevice } from './data.ts';
import { loadVersions, noteOf, placeOf, type VersionEntry } from './versions-data.ts';

const MOST = 40;

/** What the twin has been through, newest first. */
export const Versions = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const versions = useMemo(() => loadVersions(app, device.key), [device.key]);
  useEffect(() => versions.close, [versions]);
  const problem = versions.problem.value;
  return (
    <Card title="Versions" aside={<a href={historyOf(app, device.key)}>compare</a>} flush>
      {problem !== undefined && (
        <p class="nothing faint">
          <Text value={messageOf(problem)} />
        </p>
      )}
      <ol class="versions">
        {versions.list.value.slice(0, MOST).map((version) => (
          <VersionLine key={version.version} version={version} note={noteOf(version, versions.list.value)} />
        ))}
      </ol>
    </Card>
  );
};

const historyOf = (app: Parameters<typeof linkTo>[0], key: string): string => {
  const [id = '', module] = key.split('/');
  return linkTo(app, module === undefined ? ['devices', id, 'history'] : ['devices', id, 'modules', module, 'history']);
};

const TONES = { tags: '', desired: 'violet', reported: 'accent', identity: 'warn', twin: '' } as const;

/** `chosen`: what to do when it is chosen, if it can be. */
export const VersionLine = ({
  version: { version, at, by, changes },
  note,
  chosen,
}: {
  version: VersionEntry;
  note: string | undefined;
  chosen?: () => void;
}) => {
  const isOpen = useSignal(false);
  const most = useComputed(() => (isOpen.value ? 100 : 3));
  return (
    <li>
      {chosen === undefined ? (
        <span class="pill">{version}</span>
      ) : (
        <button type="button" class="pill" title="Compare it with the one before" onClick={chosen}>
          {version}
        </button>
      )}
      <div class="grow">
        {note !== undefined && <span class="faint">{note}</span>}
        {changes.slice(0, most.value).map((change) => (
          <PlacedChange key={change.path} change={change} />
        ))}
        {changes.length > most.value && (
          <button type="button" class="button link small" onClick={() => (isOpen.value = true)}>
            {changes.length - most.value} more
          </button>
        )}
        <div class="faint small" title={exact(at)}>
          {timeOfDay(at)} · <Text value={by} most={80} />
        </div>
      </div>
    </li>
  );
};

/** A change of a version, with the part of the twin that it is in. */
export const PlacedChange = ({ change }: { change: PathChange }) => {
  const { part, path } = placeOf(change.path);
  return (
    <div class="wrap-anywhere">
      <span class={`pill ${TONES[part]}`}>{part}</span> <ChangeText change={{ ...change, path }} />
    </div>
  );
};

export const ChangeLine = ({ change }: { change: PathChange }) => (
  <div class="wrap-anywhere">
    <ChangeText change={change} />
  </div>
);

const ChangeText = ({ change: { path, before, after } }: { change: PathChange }) => (
  <>
    <Code value={path} most={80} /> <Text value={changeText({ before, after })} />
  </>
);

const changeText = ({ before, after }: { before: PathChange['before']; after: PathChange['after'] }): string => {
  if (after === undefined || after === null) return 'removed';
  return before === undefined ? `→ ${valueText(after, 40)}` : `${valueText(before, 40)} → ${valueText(after, 40)}`;
};
