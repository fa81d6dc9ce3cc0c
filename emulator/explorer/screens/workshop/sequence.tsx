import type { TrafficEntry } from '../../api/types.ts';
import { shorten, visible } from '../../text/visible.ts';

const LANES = { service: 60, hub: 270, device: 480 } as const;
const TOP = 34;
const STEP = 24;

/** A sequence diagram of what really went over the wire: service, hub, device. */
export const Sequence = ({ entries }: { entries: readonly TrafficEntry[] }) => {
  if (entries.length === 0) return null;
  const height = TOP + entries.length * STEP * 2 + 8;
  return (
    <svg
      class="sequence"
      viewBox={`0 0 540 ${height}`}
      role="img"
      aria-label={`The last ${entries.length} requests between service, hub and device`}
    >
      {Object.entries(LANES).map(([name, x]) => (
        <g key={name}>
          <text x={x} y={14} text-anchor="middle" class="lane-name">
            {name === 'hub' ? 'hub' : `${name} app`}
          </text>
          <line x1={x} x2={x} y1={TOP - 12} y2={height} class="lane" />
        </g>
      ))}
      {entries.map((entry, index) => (
        <Exchange key={entry.id} entry={entry} y={TOP + index * STEP * 2} />
      ))}
    </svg>
  );
};

const Exchange = ({ entry, y }: { entry: TrafficEntry; y: number }) => {
  const from = entry.role === 'service' ? LANES.service : LANES.device;
  const isBad = entry.outcome === 'refused' || entry.outcome === 'fault';
  return (
    <g class={isBad ? 'exchange bad' : 'exchange'}>
      <Arrow from={from} to={LANES.hub} y={y + 12} text={entry.asked} />
      <Arrow from={LANES.hub} to={from} y={y + 12 + STEP} text={entry.answered} isAnswer />
    </g>
  );
};

interface ArrowProps {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly text: string;
  readonly isAnswer?: boolean;
}

const Arrow = ({ from, to, y, text, isAnswer }: ArrowProps) => {
  const direction = to > from ? 1 : -1;
  const tip = to - 3 * direction;
  return (
    <>
      <line x1={from} x2={tip} y1={y} y2={y} class={isAnswer ? 'answer' : 'ask'} />
      <path d={`M ${tip} ${y} l ${-7 * direction} -4 v 8 z`} />
      <text x={Math.min(from, to) + 12} y={y - 5}>
        {visible(shorten(text, 28).replace(/ \([\d,]+ characters\)$/, ''))}
      </text>
    </>
  );
};
