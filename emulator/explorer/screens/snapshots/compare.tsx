import { useSignal } from '@preact/signals';
import type { Comparison } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { Code, Text } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { ChangeLine } from '../device/versions.tsx';

/** What differs between two snapshots, or between one and now. */
export const CompareCard = ({ names }: { names: readonly string[] }) => {
  const { client, notices } = useApp();
  const from = useSignal(names.at(-1) ?? '');
  const to = useSignal('');
  const found = useSignal<Comparison | undefined>(undefined);
  const choices = names.map((name) => [name, name] as const);
  const compare = () =>
    notices.run(async () => {
      const query = to.value === '' ? '' : `?with=${encodeURIComponent(to.value)}`;
      found.value = await client.get<Comparison>(`/snapshots/${encodeURIComponent(from.value)}/compare${query}`);
    });
  return (
    <Card title="Compare">
      <div class="stack">
        <div class="row">
          <SelectField label="From" value={from} options={choices} inline />
          <SelectField label="to" value={to} options={[['', 'now'], ...choices]} inline />
          <Button run={compare}>Compare</Button>
        </div>
        {found.value !== undefined && <Found found={found.value} />}
      </div>
    </Card>
  );
};

const Found = ({ found: { created, deleted, changed } }: { found: Comparison }) => {
  const app = useApp();
  if (created.length + deleted.length + changed.length === 0) return <p class="muted">They are the same.</p>;
  return (
    <div class="stack">
      {created.length > 0 && (
        <p>
          Created: <Text value={created.join(', ')} most={2000} />
        </p>
      )}
      {deleted.length > 0 && (
        <p>
          Deleted: <Text value={deleted.join(', ')} most={2000} />
        </p>
      )}
      {changed.map(({ id, changes }) => (
        <div key={id}>
          <a href={linkTo(app, ['devices', ...id.split('/').slice(0, 1)])}>
            <Code value={id} />
          </a>
          {changes.map((change) => (
            <ChangeLine key={change.path} change={change} />
          ))}
        </div>
      ))}
    </div>
  );
};
