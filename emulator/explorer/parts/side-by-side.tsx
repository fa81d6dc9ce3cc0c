import type { PathChange } from '../api/types.ts';
import { Code } from './text.tsx';

interface SideBySideProps {
  readonly changes: readonly PathChange[];
  /** What the two columns are called. */
  readonly left: string;
  readonly right: string;
}

/** Differences by path, one value beside the other. */
export const SideBySide = ({ changes, left, right }: SideBySideProps) => (
  <table class="table tight">
    <thead>
      <tr>
        <th>path</th>
        <th>
          <Code value={left} most={60} />
        </th>
        <th>
          <Code value={right} most={60} />
        </th>
      </tr>
    </thead>
    <tbody>
      {changes.map(({ path, before, after }) => (
        <tr key={path}>
          <td class="wrap-anywhere">
            <Code value={path} most={120} />
          </td>
          <td class="wrap-anywhere">
            <Side value={before} />
          </td>
          <td class="wrap-anywhere">
            <Side value={after} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Side = ({ value }: { value: PathChange['before'] }) =>
  value === undefined ? <span class="faint">—</span> : <Code value={JSON.stringify(value)} most={200} />;
