import type { DeviceRow } from '../../api/types.ts';
import { Pill } from '../../parts/card.tsx';

/** How many desired paths the device has not followed. Those that it says nothing about do not call for attention. */
export const DriftPill = ({ drift: { different, missing } }: Pick<DeviceRow, 'drift'>) => {
  const title = `${different} reported differently, ${missing} not reported`;
  if (different > 0)
    return (
      <Pill tone="warn" title={title}>
        {different}
      </Pill>
    );
  return missing > 0 ? (
    <span class="faint" title={title}>
      {missing}
    </span>
  ) : (
    <span class="faint">—</span>
  );
};
