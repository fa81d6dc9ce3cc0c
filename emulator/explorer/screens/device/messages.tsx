import { useMemo } from 'preact/hooks';
import { useApp } from '../../state/app.ts';
import { messagesOf } from '../messages/data.ts';
import { MessagePanel } from '../messages/panel.tsx';
import type { OpenDevice } from './data.ts';

export const Messages = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const all = useMemo(() => messagesOf(app), []);
  return <MessagePanel all={all} device={device.key} />;
};
