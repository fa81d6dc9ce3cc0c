import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DueItem } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { Text } from '../../parts/text.tsx';
import { type App, useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';
import { ago, exact } from '../../text/time.ts';

/** The hub's time: turned forward by hand if it is virtual, and what happens on the way. */
export const Screen = () => {
  const app = useApp();
  useEffect(() => void app.marks.reload(), []);
  const clock = app.marks.clock.value;
  if (clock === undefined) return null;
  return (
    <>
      <div class="title">
        <h1>Clock</h1>
      </div>
      <div class="columns-2">
        <TimeCard isVirtual={clock.mode === 'virtual'} />
        {app.offers('GET /clock/due') && <DueCard isVirtual={clock.mode === 'virtual'} />}
      </div>
    </>
  );
};

const STEPS = ['1s', '10s', '1m', '5m', '1h', '1d'];

const advance = ({ client, marks, notices, fleet }: App, body: { by: string } | { to: string }): Promise<boolean> =>
  notices.run(() => client.send('/clock/advance', { method: 'POST', body }).then(marks.reload).then(fleet.reload));

const TimeCard = ({ isVirtual }: { isVirtual: boolean }) => {
  const app = useApp();
  const by = useSignal('90m');
  const pace = app.marks.clock.value?.pace ?? 0;
  return (
    <Card
      title="The hub’s time"
      aside={
        <Pill {...(isVirtual ? { tone: 'violet' as const } : {})}>{isVirtual ? 'virtual' : 'the machine’s clock'}</Pill>
      }
    >
      <div class="stack">
        <p class="clock-face">{exact(app.now.value).replace(/\.\d+ UTC$/, '')} UTC</p>
        {isVirtual ? (
          <>
            <div class="row">
              <span class="label">Advance by</span>
              {STEPS.map((step) => (
                <Button key={step} run={() => advance(app, { by: step })}>
                  {step}
                </Button>
              ))}
            </div>
            <form
              class="row"
              onSubmit={(event) => {
                event.preventDefault();
                void advance(app, { by: by.value });
              }}
            >
              <input
                class="input short mono"
                aria-label="Duration such as 90m"
                value={by}
                onInput={(e) => (by.value = e.currentTarget.value)}
              />
              <Button submit>Advance</Button>
              <Button
                run={() =>
                  app.notices.run(
                    () => app.client.send('/clock/settle', { method: 'POST' }),
                    'Nothing is due, queued or on its way.',
                  )
                }
              >
                Settle
              </Button>
            </form>
            {app.offers('PUT /clock') && <Pace current={pace} />}
          </>
        ) : (
          <p class="muted">
            To turn the time by hand, start the emulator with a clock of its own:{' '}
            <code>npx iothub-emulator start --clock virtual</code>. Tokens and timeouts of the SDKs follow the machine’s
            clock in any case.
          </p>
        )}
      </div>
    </Card>
  );
};

const PACES = [0, 1, 10, 60, 600];

const Pace = ({ current }: { current: number }) => {
  const { client, marks, notices } = useApp();
  const set = (pace: number) =>
    notices.run(() => client.send('/clock', { method: 'PUT', body: { pace } }).then(marks.reload));
  return (
    <div class="row">
      <span class="label">Pace</span>
      {PACES.map((pace) => (
        <Button key={pace} pressed={pace === current} run={() => set(pace)}>
          {pace === 0 ? 'stopped' : `×${pace}`}
        </Button>
      ))}
    </div>
  );
};

const DueCard = ({ isVirtual }: { isVirtual: boolean }) => {
  const app = useApp();
  const due = useReloading(
    () => app.client.get<readonly DueItem[]>('/clock/due'),
    ({ type }) => /^(?:clock|configuration|hub|index|job|c2d|method|session|file)\./.test(type),
  );
  const list = due.value.value ?? [];
  const [next] = list;
  return (
    <Card
      title="What is due"
      aside={
        isVirtual && next !== undefined && <Button run={() => advance(app, { to: next.at })}>Jump to the next</Button>
      }
      flush
    >
      {list.length === 0 && (
        <Empty title="Nothing is due.">Jobs, expiring messages, timeouts of methods and retries appear here.</Empty>
      )}
      <ul class="rules">
        {list.map(({ at, what, device }) => (
          <li key={`${at} ${what} ${device}`}>
            <time class="faint" dateTime={at} title={exact(at)}>
              {ago(Date.parse(at), app.now.value)}
            </time>
            <span class="grow">
              <Text value={device === undefined ? what : `${what} · ${device}`} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};
