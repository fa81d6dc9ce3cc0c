import { useApp } from '../state/app.ts';
import { ago, exact, isNever, timeOfDay } from '../text/time.ts';

/** How long ago by the hub's clock; the exact time on hover. */
export const Ago = ({ at }: { at: string | undefined }) => {
  const { now } = useApp();
  if (at === undefined || isNever(at)) return <span class="faint">—</span>;
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(Date.parse(at), now.value)}
    </time>
  );
};

/** The time of day, UTC, with milliseconds where there is room. */
export const TimeOfDay = ({ at }: { at: string }) => (
  <>
    {timeOfDay(at)}
    <span class="ms">{timeOfDay(at, true).slice(8)}</span>
  </>
);
