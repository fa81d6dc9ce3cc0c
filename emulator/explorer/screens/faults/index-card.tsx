import { useSignal } from '@preact/signals';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { NumberField } from '../../parts/fields.tsx';
import { useApp } from '../../state/app.ts';

/** When queries see what was written: at once, later, or when they are let. */
export const IndexCard = () => {
  const { client, marks, notices } = useApp();
  const index = marks.index.value;
  const seconds = useSignal(30);
  if (index === undefined) return null;
  const change = (lag: string, done: string) =>
    notices.run(() => client.send('/index', { method: 'PUT', body: { lag } }).then(marks.reload), done);
  const release = () =>
    notices.run(
      () => client.send('/index/release', { method: 'POST' }).then(marks.reload),
      'Queries see everything now.',
    );
  return (
    <Card
      title="Queries that lag behind"
      aside={index.lag === 'immediate' ? 'they see every write at once' : `${index.pending} writes wait`}
    >
      <div class="stack">
        <p class="muted">
          In Azure a query may miss what was written a moment ago. Here it sees everything at once, unless you let it
          lag.
        </p>
        <div class="row">
          <NumberField label="Seconds" value={seconds} min={1} inline />
          <Button run={() => change(`lag:${seconds.value}s`, `Queries lag ${seconds.value} seconds.`)}>
            Let queries lag
          </Button>
          <Button run={() => change('manual', 'Queries see nothing new until you release.')}>Hold them</Button>
          {index.lag !== 'immediate' && (
            <>
              <Button run={release}>Release now</Button>
              <Button run={() => change('immediate', 'Queries see every write at once.')}>No lag</Button>
            </>
          )}
        </div>
      </div>
    </Card>
  );
};
