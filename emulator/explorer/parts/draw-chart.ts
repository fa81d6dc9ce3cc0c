import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartProps, Drawing } from './chart-types.ts';

/** Draws with uPlot; the colours are those of the stylesheet, read again when the system changes between light and dark. */
export const drawChart = (place: HTMLElement, first: ChartProps): Drawing => {
  let props = first;
  let plot = create(place, props);
  const redraw = (): void => {
    plot.destroy();
    plot = create(place, props);
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  const size = new ResizeObserver(() => plot.setSize(sizeOf(place)));
  size.observe(place);
  return {
    update(next) {
      const isSame = next.lines.map(({ name }) => name).join() === props.lines.map(({ name }) => name).join();
      props = next;
      if (isSame) plot.setData(dataOf(props));
      else redraw();
    },
    destroy() {
      scheme.removeEventListener('change', redraw);
      size.disconnect();
      plot.destroy();
    },
  };
};

const create = (place: HTMLElement, props: ChartProps): uPlot => {
  const grid = { stroke: colour('--line-soft'), width: 1 };
  const axis = { stroke: colour('--faint'), font: '11px system-ui', grid, ticks: { show: false } };
  const options: uPlot.Options = {
    ...sizeOf(place),
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    padding: [8, 28, 0, 0],
    scales: { x: { time: true }, y: { range: (_, least, most) => rangeOf(props, least, most) } },
    axes: [
      { ...axis, size: 22, grid: { show: false }, values: (_, times) => times.map(timeText) },
      { ...axis, size: 34, splits: splitsOf },
    ],
    series: [
      {},
      ...props.lines.map(({ name, colour: named }) => ({
        label: name,
        stroke: colour(named),
        width: 1.75,
        points: { show: false },
        spanGaps: true,
      })),
      ...(props.limit === undefined ? [] : [{ label: 'limit', stroke: colour('--warn'), dash: [4, 4], width: 1 }]),
    ],
  };
  return new uPlot(options, dataOf(props), place);
};

const dataOf = ({ times, lines, limit }: ChartProps): uPlot.AlignedData => [
  [...times],
  ...lines.map(({ values }) => [...values]),
  ...(limit === undefined ? [] : [times.map(() => limit)]),
];

const rangeOf = ({ isZoomed, limit = 0 }: ChartProps, least: number, most: number): [number, number] => {
  if (!isZoomed) return [0, Math.max(1, most * 1.15, limit)];
  const margin = Math.max((most - least) * 0.15, 0.5);
  return [least - margin, most + margin];
};

/** Three or four levels on round numbers. */
const splitsOf = (_: uPlot, __: number, least: number, most: number): number[] => {
  const step = niceStep((most - least) / 3);
  const first = Math.ceil(least / step) * step;
  return Array.from({ length: 5 }, (___, i) => first + i * step).filter((level) => level <= most);
};

const niceStep = (rough: number): number => {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(rough, 0.1)));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= rough) ?? magnitude;
};

const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);

const sizeOf = (place: HTMLElement): { width: number; height: number } => ({
  width: Math.max(120, place.clientWidth),
  height: place.clientHeight,
});

/** A canvas knows no custom properties, and their values may be light-dark(): the browser resolves them on an element. */
const colour = (name: string): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};
