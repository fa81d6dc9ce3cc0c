import { useSignal } from '@preact/signals';
import type { Comparison } from '../../../../protocol/admin/compare.ts';
import { messageOf } from '../../api/client.ts';
import type { HubEvent } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { SideBySide } from '../../parts/side-by-side.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';

interface CompareProps {
  readonly snapshots: readonly string[];
  readonly hubs: readonly string[];
}

/** What differs between two of: the seed, snapshots, forks, and now. The address names the two. */
export const CompareCard = ({ snapshots, hubs }: CompareProps) => {
  const { client, navigation } = useApp();
  const { query } = navigation.location.peek();
  const left = useSignal(query.get('left') ?? (snapshots.length > 0 ? `snapshot:${snapshots.at(-1)}` : 'seed'));
  const right = useSignal(query.get('right') ?? 'now');
  const found = useReloading(async () => {
    const { query: asked } = navigation.location.peek();
    if (!asked.has('left')) return undefined;
    const sides = [asked.get('left'), asked.get('right')].map((side) => encodeURIComponent(side ?? 'now'));
    return client.get<Comparison>(`/compare?left=${sides[0]}&right=${sides[1]}`);
  }, isOfTwins);
  const choices = choicesOf(snapshots, hubs);
  const compare = () => {
    navigation.setQuery({ left: left.value, right: right.value });
    void found.reload();
  };
  return (
    <Card title="Compare two">
      <div class="stack">
        <div class="row">
          <SelectField label="Left" value={left} options={choices} inline />
          <SelectField label="Right" value={right} options={choices} inline />
          <Button run={compare}>Compare</Button>
        </div>
        {found.error.value !== undefined && <Problem>{messageOf(found.error.value)}</Problem>}
        {found.value.value !== undefined && (
          <Found found={found.value.value} left={titleOf(choices, left.value)} right={titleOf(choices, right.value)} />
        )}
      </div>
    </Card>
  );
};

const isOfTwins = ({ type }: HubEvent): boolean => /^(?:identity|twin|hub)\./.test(type);

type Choices = readonly (readonly [value: string, title: string])[];

const choicesOf = (snapshots: readonly string[], hubs: readonly string[]): Choices => [
  ['now', 'now'],
  ['seed', 'after the seed'],
  ...snapshots.map((name) => [`snapshot:${name}`, `snapshot ${name}`] as const),
  ...hubs.map((name) => [`hub:${name}`, `fork ${name}`] as const),
];

const titleOf = (choices: Choices, value: string): string => choices.find(([each]) => each === value)?.[1] ?? value;

interface FoundProps {
  readonly found: Comparison;
  readonly left: string;
  readonly right: string;
}

const Found = ({ found: { counts, created, deleted, changed }, left, right }: FoundProps) => {
  const app = useApp();
  if (counts.created + counts.deleted + counts.changed === 0)
    return <p role="status">They have the same devices and modules, with the same twins.</p>;
  return (
    <div class="stack">
      <p role="status">
        {counts.changed.toLocaleString('en')} changed, {counts.created.toLocaleString('en')} only on the right,{' '}
        {counts.deleted.toLocaleString('en')} only on the left.
      </p>
      <Ids title="Only on the right" ids={created} count={counts.created} />
      <Ids title="Only on the left" ids={deleted} count={counts.deleted} />
      {changed.map(({ id, changes }) => (
        <div key={id}>
          <a href={linkTo(app, ['devices', ...id.split('/').slice(0, 1)])}>
            <Code value={id} />
          </a>
          <SideBySide changes={changes} left={left} right={right} />
        </div>
      ))}
      {counts.changed > changed.length && (
        <p class="faint">and {(counts.changed - changed.length).toLocaleString('en')} more</p>
      )}
    </div>
  );
};

const Ids = ({ title, ids, count }: { title: string; ids: readonly string[]; count: number }) =>
  count === 0 ? null : (
    <p class="wrap-anywhere">
      {title}: <Text value={ids.join(', ')} most={2000} />
      {count > ids.length && ` and ${(count - ids.length).toLocaleString('en')} more`}
    </p>
  );
