import type { KnownPath } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { Code, Text } from '../../parts/text.tsx';
import { caseTwins } from './paths.ts';

const GROUPS: readonly (readonly [title: string, prefix: string])[] = [
  ['tags', 'tags.'],
  ['reported', 'properties.reported.'],
  ['desired', 'properties.desired.'],
];

const MOST = 40;

/** What can be asked about: the paths that twins of this hub have. */
export const PathsCard = ({ paths, insert }: { paths: readonly KnownPath[]; insert: (path: string) => void }) => {
  const [twins] = caseTwins(paths);
  return (
    <Card title="Paths in this hub">
      <div class="stack paths">
        {GROUPS.map(([title, prefix]) => (
          <Group
            key={title}
            title={title}
            prefix={prefix}
            paths={paths.filter(({ path }) => path.startsWith(prefix))}
            insert={insert}
          />
        ))}
        <p class="faint">Choose a path to insert it.</p>
        {twins !== undefined && (
          <p class="warn">
            {twins[0].devices} {twins[0].devices === 1 ? 'device has' : 'devices have'} <Code value={twins[0].path} />{' '}
            where others have <Code value={twins[1].path} />: names are case-sensitive.
          </p>
        )}
      </div>
    </Card>
  );
};

interface GroupProps {
  readonly title: string;
  readonly prefix: string;
  readonly paths: readonly KnownPath[];
  readonly insert: (path: string) => void;
}

const Group = ({ title, prefix, paths, insert }: GroupProps) =>
  paths.length === 0 ? null : (
    <div>
      <span class="label">{title}</span>{' '}
      {paths.slice(0, MOST).map(({ path, devices }) => (
        <button key={path} type="button" class="path" title={`in ${devices} twins`} onClick={() => insert(path)}>
          <Text value={path.slice(prefix.length)} most={60} />
        </button>
      ))}
      {paths.length > MOST && <span class="faint">and {paths.length - MOST} more</span>}
    </div>
  );
