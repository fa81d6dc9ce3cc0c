import { messageOf } from '../../api/client.ts';
import type { PathChange } from '../../api/types.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SideBySide } from '../../parts/side-by-side.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';

/** The two devices that the address names, or undefined. */
export const comparedIn = (query: ReadonlyMap<string, string>): readonly [left: string, right: string] | undefined => {
  const [left, right] = [query.get('compare'), query.get('with')];
  return left === undefined || right === undefined ? undefined : [left, right];
};

/** What differs in the twins of two devices; it follows them. */
export const CompareDialog = ({ left, right, close }: { left: string; right: string; close: () => void }) => {
  const { client } = useApp();
  const path = `/compare/twins?left=${encodeURIComponent(left)}&right=${encodeURIComponent(right)}`;
  const found = useReloading(
    () => client.get<readonly PathChange[]>(path),
    ({ type, key }) => type.startsWith('hub.') || key === undefined || key === left || key === right,
  );
  const changes = found.value.value;
  return (
    <Dialog title="Compare the twins" close={close} wide>
      {found.error.value !== undefined && <Problem>{messageOf(found.error.value)}</Problem>}
      {changes?.length === 0 && <p>Tags, desired and reported properties are the same.</p>}
      {changes !== undefined && changes.length > 0 && <SideBySide {...{ changes, left, right }} />}
    </Dialog>
  );
};
