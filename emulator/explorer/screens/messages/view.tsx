import { useMemo } from 'preact/hooks';
import { useApp } from '../../state/app.ts';
import { messagesOf } from './data.ts';
import { MessagePanel } from './panel.tsx';

export const Screen = () => {
  const app = useApp();
  const all = useMemo(() => messagesOf(app), []);
  return (
    <>
      <div class="title">
        <h1>Messages</h1>
      </div>
      <MessagePanel all={all} />
    </>
  );
};
