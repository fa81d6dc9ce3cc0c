import { useEffect, useMemo } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Card, FilterPill } from '../../parts/card.tsx';
import { CodeEditor } from '../../parts/code-editor.tsx';
import { askToLeave } from '../../parts/leaving.ts';
import { useApp } from '../../state/app.ts';
import type { OpenDevice } from './data.ts';
import type { Target } from './twin-check.ts';
import { TwinEdit } from './twin-edit.ts';

const EXAMPLES: Readonly<Record<Target, string>> = {
  desired: '{ "telemetry": { "intervalMs": 2000 } }',
  tags: '{ "location": { "plant": "Redmond43" } }',
};

const TITLES: Readonly<Record<Target, string>> = { desired: 'desired properties', tags: 'tags' };

/** Patches or replaces desired properties or tags, checked while typing. */
export const TwinEditor = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const edit = useMemo(() => new TwinEdit(app, device), [device]);
  useEffect(() => askToLeave(app.navigation, () => (edit.isEmpty ? undefined : device.key)), [edit]);
  const send = () => app.notices.run(() => edit.send());
  const isPatch = edit.mode.value === 'patch';
  const target = edit.target.value;
  const checked = edit.checked.value;
  return (
    <Card
      title={`${isPatch ? 'Patch' : 'Replace'} ${TITLES[target]}`}
      aside={isPatch ? 'null deletes a key · checked by the hub’s rules as you type' : 'what is left out is deleted'}
      flush
    >
      <CodeEditor
        key={`${edit.mode.value}${target}`}
        isEdited
        label={`${edit.mode.value} of ${TITLES[target]}`}
        language="json"
        text={edit.text}
        change={(text) => edit.write(text)}
        submit={send}
        placeholder={EXAMPLES[target]}
        problem={!edit.isEmpty && 'problem' in checked ? checked : undefined}
      />
      <Tools edit={edit} send={send} />
    </Card>
  );
};

const Tools = ({ edit, send }: { edit: TwinEdit; send: () => unknown }) => {
  const { mode, target } = edit;
  const isPatch = mode.value === 'patch';
  const checked = edit.checked.value;
  const isWrong = 'problem' in checked;
  return (
    <div class="row editor-tools">
      <Button kind="primary" keys="Ctrl ↵" disabled={edit.isEmpty || isWrong} run={send}>
        {isPatch ? 'Send patch' : 'Replace'}
      </Button>
      <Button run={() => edit.open(target.value, isPatch ? 'replace' : 'patch')}>
        {isPatch ? 'Replace instead' : 'Patch instead'}
      </Button>
      <FilterPill on={target.value === 'desired'} run={() => edit.open('desired', mode.value)}>
        desired
      </FilterPill>
      <FilterPill on={target.value === 'tags'} run={() => edit.open('tags', mode.value)}>
        tags
      </FilterPill>
      <span class={`small grow ${isWrong && !edit.isEmpty ? 'bad' : 'faint'}`} role="status">
        {edit.isEmpty ? '' : isWrong ? checked.problem : checked.preview}
      </span>
    </div>
  );
};
