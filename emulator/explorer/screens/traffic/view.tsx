import { Button } from '../../parts/button.tsx';
import { useApp } from '../../state/app.ts';
import { TrafficPanel, useTraffic } from './panel.tsx';

export const Screen = () => {
  const { client, notices, offers } = useApp();
  const traffic = useTraffic();
  const clear = () => notices.run(() => client.send('/traffic', { method: 'DELETE' }));
  return (
    <TrafficPanel
      traffic={traffic}
      title="Traffic"
      actions={offers('DELETE /traffic') && <Button run={clear}>Clear</Button>}
    />
  );
};
