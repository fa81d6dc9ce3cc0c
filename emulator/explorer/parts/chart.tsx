import { useEffect, useRef } from 'preact/hooks';
import type { ChartProps, Drawing } from './chart-types.ts';

const HEIGHT = 132;

/** Lines over time. The figures are told in words beside it, so it is a picture to assistive technology. */
export const Chart = (props: ChartProps) => {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    let isGone = false;
    void import('./draw-chart.ts').then(({ drawChart }) => {
      if (place.current !== null && !isGone) drawing.current = drawChart(place.current, latest.current);
    });
    return () => {
      isGone = true;
      drawing.current?.destroy();
    };
  }, []);
  useEffect(() => drawing.current?.update(props));
  return (
    <div
      ref={place}
      class="chart"
      role="img"
      aria-label={props.label}
      style={{ height: `${props.height ?? HEIGHT}px` }}
    />
  );
};

export const Legend = ({ lines }: { lines: readonly { name: string; colour: string; text: string }[] }) => (
  <ul class="legend">
    {lines.map(({ name, colour, text }) => (
      <li key={name}>
        <span class="swatch" style={{ background: `var(${colour})` }} /> {name} {text}
      </li>
    ))}
  </ul>
);
