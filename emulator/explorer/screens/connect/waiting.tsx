import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Code, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { type Attempt, attemptsIn } from './attempts.ts';

const MOST = 5;

/** Says of each attempt whose it was, or why it was refused and what to do; the address may name one device. */
export const Waiting = () => {
  const app = useApp();
  const key = app.navigation.location.value.query.get('device');
  const isWaiting = useSignal(false);
  const since = useSignal(0);
  const attempts = useComputed(() => attemptsIn(app.recent.events.value, key, MOST));
  const latest = attempts.value[0];
  useEffect(() => {
    if (latest !== undefined && latest.sequence > since.peek()) isWaiting.value = false;
  }, [latest?.sequence]);
  const wait = () => {
    since.value = latest?.sequence ?? 0;
    isWaiting.value = !isWaiting.value;
  };
  return (
    <Card
      title={
        key === undefined ? (
          'Does it connect?'
        ) : (
          <>
            Why does <Code value={key} most={80} /> not connect?
          </>
        )
      }
    >
      <div class="row">
        <Button run={wait}>{isWaiting.value ? 'Stop waiting' : 'Wait for a connection'}</Button>
        <span role="status">{isWaiting.value && 'Waiting … start your program now.'}</span>
      </div>
      {!isWaiting.value && <Attempts attempts={attempts.value} />}
      <NothingCame hasAttempts={attempts.value.length > 0} />
    </Card>
  );
};

const Attempts = ({ attempts }: { attempts: readonly Attempt[] }) => (
  <ul class="stack plain" aria-label="Attempts to connect">
    {attempts.map(({ sequence, at, who, isRefused, text, remedy }) => (
      <li key={sequence}>
        <Code value={who} most={80} />: <span class={isRefused ? 'bad' : 'good'}>{isRefused ? 'refused' : '✓'}</span>{' '}
        <Text value={text} most={300} />
        {remedy !== undefined && (
          <>
            {' → '}
            <strong>
              <Text value={remedy} most={300} />
            </strong>
          </>
        )}{' '}
        <span class="faint small">
          <Ago at={at} />
        </span>
      </li>
    ))}
  </ul>
);

/** What to look at where the hub has seen no attempt. */
const NothingCame = ({ hasAttempts }: { hasAttempts: boolean }) => {
  const app = useApp();
  return (
    <p class="faint small spaced">
      {hasAttempts ? 'Yours is not among them?' : 'The hub has seen no attempt.'} A program that does not trust the
      certificate, has another host name or another port never gets that far: <code>npx iothub-emulator doctor</code>{' '}
      finds out.
      {app.offers('GET /traffic') && (
        <>
          {' '}
          All refused attempts are in <a href={linkTo(app, ['traffic'], { q: 'op:connect errors' })}>Traffic</a>.
        </>
      )}
    </p>
  );
};
