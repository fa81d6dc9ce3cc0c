import { TrafficPanel, useTraffic } from '../traffic/panel.tsx';
import type { OpenDevice } from './data.ts';

export const Traffic = ({ device }: { device: OpenDevice }) => (
  <TrafficPanel traffic={useTraffic()} device={device.key} />
);
