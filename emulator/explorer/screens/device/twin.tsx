import type { Signal } from '@preact/signals';
import type { Drift } from '../../../../protocol/drift.ts';
import type { Path } from '../../../../protocol/json-paths.ts';
import { LIMITS } from '../../../../protocol/limits.ts';
import { sizeOf } from '../../../hub/twins/twin.ts';
import type { TwinDocument } from '../../api/documents.ts';
import { Card } from '../../parts/card.tsx';
import { JsonTree, type LineNote } from '../../parts/json-tree.tsx';
import { useApp } from '../../state/app.ts';
import { kilobytes } from '../../text/bytes.ts';
import { keyOf, plainSection } from '../../text/paths.ts';
import { valueText } from '../../text/sentences.ts';
import { ago, exact } from '../../text/time.ts';
import { type Fresh, look, type OpenDevice, type Part, sectionOf } from './data.ts';
import { updatedAt } from './metadata.ts';
import { TwinEditor } from './twin-editor.tsx';
import { Versions } from './versions.tsx';

const LIMIT: Readonly<Record<Part, number>> = {
  tags: LIMITS.azure.tagsBytes,
  desired: LIMITS.azure.desiredBytes,
  reported: LIMITS.azure.reportedBytes,
};

const TITLES: Readonly<Record<Part, string>> = { tags: 'Tags', desired: 'Desired', reported: 'Reported' };

/** Tags, desired and reported side by side, what changed and what drifts marked; below it the editor. */
export const Twin = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const twin = device.twin.value.value;
  if (twin === undefined) return null;
  return (
    <div class="columns-side">
      <div class="stack wide">
        <div class="panes">
          <Pane part="tags" {...{ device, twin }} />
          <Pane part="desired" {...{ device, twin }} />
          <Pane part="reported" {...{ device, twin }} />
        </div>
        {app.offers('GET /service/*') && <TwinEditor device={device} />}
      </div>
      <Versions device={device} />
    </div>
  );
};

interface PaneProps {
  readonly part: Part;
  readonly device: OpenDevice;
  readonly twin: TwinDocument;
}

const Pane = ({ part, device, twin }: PaneProps) => {
  const { now } = useApp();
  const section = sectionOf(part, twin);
  const values = plainSection(section);
  const fresh = device.fresh[part];
  const drift = device.drift.value;
  const noteOf = (path: Path): LineNote | undefined => {
    const note = freshNote(fresh, path, now.value) ?? driftNote(part, drift, path);
    const at = updatedAt(section, path);
    return at === undefined ? note : { ...note, title: `last updated ${exact(at)}` };
  };
  const isEmpty = Object.keys(values).length === 0;
  return (
    <Card title={TITLES[part]} aside={<Size part={part} section={section} />} flush>
      {isEmpty ? (
        <p class="nothing faint">{EMPTY[part]}</p>
      ) : (
        <JsonTree value={values} label={TITLES[part]} noteOf={noteOf} />
      )}
      <Removed fresh={fresh} />
    </Card>
  );
};

const EMPTY: Readonly<Record<Part, string>> = {
  tags: 'No tags. A service sets them; the device does not see them.',
  desired: 'Nothing is desired yet.',
  reported: 'The device has reported nothing yet.',
};

const Size = ({ part, section }: { part: Part; section: { readonly $version?: number } }) => {
  const bytes = sizeOf(plainSection(section));
  const version = section.$version === undefined ? '' : `$version ${section.$version} · `;
  return (
    <>
      {version}
      {kilobytes(bytes).replace(/ KB$/, '')} of {LIMIT[part] / 1024} KB
      <progress
        class={bytes > LIMIT[part] * 0.9 ? 'meter full' : 'meter'}
        max={LIMIT[part]}
        value={bytes}
        aria-label={`${TITLES[part]}: ${bytes} of ${LIMIT[part]} bytes`}
      />
    </>
  );
};

const freshNote = (fresh: Signal<ReadonlyMap<string, Fresh>>, path: Path, now: number): LineNote | undefined => {
  const change = fresh.value.get(keyOf(path));
  if (change === undefined) return undefined;
  const age = now - change.at;
  return {
    kind: 'new',
    text: age < 1500 ? '← now' : `${ago(change.at, now)} ago`,
    flash: age < 1500,
    ...(change.before === undefined ? {} : { before: change.before }),
    seen: () => look(fresh, path),
  };
};

const driftNote = (part: Part, drift: ReadonlyMap<string, Drift>, path: Path): LineNote | undefined => {
  const found = drift.get(keyOf(path));
  if (found === undefined || part === 'tags') return undefined;
  if (part === 'reported') return found.kind === 'missing' ? undefined : { kind: 'warn' };
  return DRIFT_NOTES[found.kind](found);
};

const DRIFT_NOTES: Readonly<Record<Drift['kind'], (drift: Drift) => LineNote>> = {
  different: (drift) => ({ kind: 'warn', text: `≠ reported ${reportedText(drift)}` }),
  refused: (drift) => ({
    kind: 'warn',
    text: `refused by the device${'status' in drift ? ` with ${drift.status}` : ''}: ${reportedText(drift)}`,
  }),
  pending: (drift) => ({ kind: 'warn', text: `not acknowledged yet, reported ${reportedText(drift)}` }),
  missing: () => ({ text: 'not reported' }),
};

const reportedText = (drift: Drift): string => ('reported' in drift ? valueText(drift.reported, 40) : '');

/** Values that are gone have no line of their own. */
const Removed = ({ fresh }: { fresh: Signal<ReadonlyMap<string, Fresh>> }) => {
  const gone = [...fresh.value.values()].filter(({ after }) => after === undefined);
  if (gone.length === 0) return null;
  return (
    <ul class="tree removed" aria-label="Removed">
      {gone.map(({ path, before }) => (
        <li key={keyOf(path)} class="leaf old" onMouseLeave={() => look(fresh, path)}>
          <span class="name">{path.join('.')}</span>
          <span class="value">{valueText(before)}</span>
        </li>
      ))}
    </ul>
  );
};
