import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PathChange } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { Code } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { valueText } from '../../text/sentences.ts';
import { exact, timeOfDay } from '../../text/time.ts';
import type { OpenDevice } from './data.ts';
import { loadVersions, type Versioned } from './versions-data.ts';

const MOST = 40;

/** What the twin has been through, newest first. */
export const Versions = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const versions = useMemo(() => loadVersions(app, device.key), [device.key]);
  useEffect(() => versions.close, [versions]);
  const list = versions.list.value;
  return (
    <Card
      title={versions.isComplete ? 'Versions' : 'Latest changes'}
      aside={
        versions.isComplete ? (
          <a href={linkTo(app, ['devices', ...device.key.split('/'), 'history'])}>compare</a>
        ) : undefined
      }
      flush
    >
      {list.length === 0 && <p class="nothing faint">Nothing has changed yet.</p>}
      <ol class="versions">
        {list.slice(0, MOST).map((version) => (
          <VersionLine key={`${version.part}${version.version ?? ''}${version.at}`} version={version} />
        ))}
      </ol>
    </Card>
  );
};

const TONES = { tags: '', desired: 'violet', reported: 'accent' } as const;

export const VersionLine = ({ version: { part, version, at, by, changes } }: { version: Versioned }) => {
  const isOpen = useSignal(false);
  const most = useComputed(() => (isOpen.value ? 100 : 3));
  return (
    <li>
      <span class={`pill ${TONES[part]}`}>
        {part} {version}
      </span>
      <div class="grow">
        {changes.slice(0, most.value).map((change) => (
          <ChangeLine key={change.path} change={change} />
        ))}
        {changes.length > most.value && (
          <button type="button" class="button link small" onClick={() => (isOpen.value = true)}>
            {changes.length - most.value} more
          </button>
        )}
        <div class="faint small" title={exact(at)}>
          {timeOfDay(at)} · {by}
        </div>
      </div>
    </li>
  );
};

export const ChangeLine = ({ change: { path, before, after } }: { change: PathChange }) => (
  <div class="wrap-anywhere">
    <Code value={path} most={80} /> {changeText({ before, after })}
  </div>
);

const changeText = ({ before, after }: { before: PathChange['before']; after: PathChange['after'] }): string => {
  if (after === undefined || after === null) return 'removed';
  return before === undefined ? `→ ${valueText(after, 40)}` : `${valueText(before, 40)} → ${valueText(after, 40)}`;
};
