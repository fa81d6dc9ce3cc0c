import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HubEvent } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Sentence } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { sentenceOf } from '../../text/sentences.ts';

/** Waits for the next connection and says whose it was, or why it was refused. */
export const Waiting = () => {
  const app = useApp();
  const isWaiting = useSignal(false);
  const seen = useSignal<HubEvent | undefined>(undefined);
  useEffect(
    () =>
      app.stream.listen(({ events }) => {
        const attempt = isWaiting.peek()
          ? events.find(({ type }) => type === 'session.opened' || type === 'refused')
          : undefined;
        if (attempt === undefined) return;
        isWaiting.value = false;
        seen.value = attempt;
      }),
    [],
  );
  const wait = () => {
    seen.value = undefined;
    isWaiting.value = !isWaiting.value;
  };
  return (
    <Card title="Does it connect?">
      <div class="row">
        <Button run={wait}>{isWaiting.value ? 'Stop waiting' : 'Wait for a connection'}</Button>
        <span role="status">
          {isWaiting.value && 'Waiting … start your program now.'}
          {seen.value !== undefined && <Seen event={seen.value} />}
        </span>
      </div>
      {app.offers('GET /traffic') && (
        <p class="faint small spaced">
          Nothing comes? <a href={linkTo(app, ['traffic'], { q: 'op:connect errors' })}>Refused attempts</a> are in
          Traffic, with the reason; programs that do not trust the certificate never get that far:{' '}
          <code>npx iothub-emulator doctor</code> finds out.
        </p>
      )}
    </Card>
  );
};

const Seen = ({ event }: { event: HubEvent }) => (
  <>
    <Sentence parts={sentenceOf(event) ?? [event.type]} />
    {typeof event.client === 'string' && ` with ${event.client}`}
  </>
);
