import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SeedOutcome } from '../../../../protocol/admin/fleet.ts';
import { messageOf } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { SideBySide } from '../../parts/side-by-side.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';

/** A file that somebody chose or dropped. */
export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

interface Seeded {
  readonly devices: number;
  readonly modules: number;
  readonly configurations: number;
}

const MODES = [
  ['merge', 'in addition to what the hub has'],
  ['replace', 'in place of what the hub has'],
] as const;

const KEYS = [
  ['kept', 'with the keys of the file'],
  ['new', 'with new keys'],
] as const;

/** Shows what a file would bring, change and delete; then brings it. */
export const ImportDialog = ({ file, close }: { file: ChosenFile; close: () => void }) => {
  const app = useApp();
  const mode = useSignal<'merge' | 'replace'>('merge');
  const keys = useSignal<'kept' | 'new'>('kept');
  const outcome = useSignal<SeedOutcome | undefined>(undefined);
  const problem = useSignal('');
  const query = `mode=${mode.value}&keys=${keys.value}`;
  const canTry = app.offers('POST /dry-run/seed');
  useEffect(() => {
    if (!canTry) return;
    app.client.send<SeedOutcome>(`/dry-run/seed?${query}`, { method: 'POST', body: file.text }).then(
      (found) => {
        outcome.value = found;
        problem.value = '';
      },
      (error: unknown) => {
        outcome.value = undefined;
        problem.value = messageOf(error);
      },
    );
  }, [query]);
  const load = async () => {
    const isLoaded = await app.notices.run(async () => {
      const made = await app.client.send<Seeded>(`/seed?${query}`, { method: 'POST', body: file.text });
      app.notices.say(
        `Imported ${made.devices} devices, ${made.modules} modules, ${made.configurations} configurations.`,
      );
      await app.fleet.reload();
    });
    if (isLoaded) close();
  };
  return (
    <Dialog
      title="Import a file"
      action="Import"
      danger={mode.value === 'replace'}
      wide
      close={close}
      submit={() => problem.value === '' && load()}
    >
      <p>
        <Code value={file.name} most={120} />
      </p>
      <div class="fields">
        <SelectField label="Devices and configurations" value={mode} options={MODES} />
        <SelectField label="Keys" value={keys} options={KEYS} />
      </div>
      {problem.value !== '' && <Problem>{problem.value}</Problem>}
      {outcome.value !== undefined && <Preview outcome={outcome.value} />}
    </Dialog>
  );
};

const Preview = ({
  outcome: { counts, created, deleted, changed, configurations, notTaken },
}: {
  outcome: SeedOutcome;
}) => (
  <div class="stack">
    <p role="status">
      Creates {count(counts.created)}, changes {count(counts.changed)} and deletes {count(counts.deleted)} devices and
      modules; {count(configurations.length)} configurations. Nothing was imported yet.
    </p>
    <Ids title="New" ids={created} count={counts.created} />
    <Ids title="Deleted" ids={deleted} count={counts.deleted} />
    {changed.slice(0, MOST).map(({ id, changes }) => (
      <div key={id}>
        <Code value={id} most={120} />
        <SideBySide changes={changes} left="now" right="in the file" />
      </div>
    ))}
    {counts.changed > MOST && <p class="faint">and {count(counts.changed - MOST)} more that change</p>}
    <div>
      <strong>Not taken</strong>
      <ul>
        {notTaken.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  </div>
);

const MOST = 5;

const count = (value: number): string => value.toLocaleString('en');

const Ids = ({ title, ids, count: all }: { title: string; ids: readonly string[]; count: number }) =>
  all === 0 ? null : (
    <p class="wrap-anywhere">
      {title}: <Text value={ids.join(', ')} most={1000} />
      {all > ids.length && ` and ${count(all - ids.length)} more`}
    </p>
  );
