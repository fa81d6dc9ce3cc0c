import { useMemo } from 'preact/hooks';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { useApp } from '../../state/app.ts';
import { messagesOf } from './data.ts';
import { MessagePanel } from './panel.tsx';

export const Screen = () => {
  const app = useApp();
  const all = useMemo(() => messagesOf(app), []);
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Messages</h1>
          <DiffersFromAzure topic="events" />
        </div>
      </div>
      <MessagePanel all={all} />
    </>
  );
};
