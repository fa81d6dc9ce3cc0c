import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { QueuedMessage } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill, type Tone } from '../../parts/card.tsx';
import { AreaField, NumberField, SelectField, TextField } from '../../parts/fields.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import type { OpenDevice } from './data.ts';

/** The queue of messages to a device with the state of each, and a form that sends one. */
export const CloudToDevice = ({ device }: { device: OpenDevice }) => {
  const { client, stream, notices } = useApp();
  const path = `/cloud-to-device/${encodeURIComponent(device.key)}`;
  const queue = useMemo(() => createResource(() => client.get<readonly QueuedMessage[]>(path)), [path]);
  useEffect(() => {
    void queue.reload();
    return stream.listen(({ events }) => {
      if (events.some(({ key, type }) => key === device.key && type.startsWith('message.'))) void queue.reload();
    });
  }, [queue]);
  const purge = () =>
    notices.run(() => client.send(path, { method: 'DELETE' }).then(queue.reload), 'The queue was emptied.');
  const messages = queue.value.value ?? [];
  return (
    <div class="columns-2">
      <Card title="Queue" aside={messages.length > 0 && <Button run={purge}>Purge</Button>} flush>
        {queue.error.value !== undefined && <Problem>{messageOf(queue.error.value)}</Problem>}
        {messages.length === 0 ? <Empty title="No message waits for this device." /> : <Queue messages={messages} />}
      </Card>
      <SendForm path={path} sent={queue.reload} />
    </div>
  );
};

const TONES: Readonly<Record<QueuedMessage['state'], Tone | undefined>> = {
  enqueued: undefined,
  locked: 'accent',
  completed: 'good',
  'dead-lettered': 'bad',
};

const Queue = ({ messages }: { messages: readonly QueuedMessage[] }) => (
  <table class="table">
    <thead>
      <tr>
        <th>state</th>
        <th>body</th>
        <th>sent</th>
        <th>expires</th>
        <th>deliveries</th>
      </tr>
    </thead>
    <tbody>
      {messages.map(({ id, state, body, enqueuedAt, expiresAt, deliveries }) => (
        <tr key={id}>
          <td>
            <Pill {...(TONES[state] === undefined ? {} : { tone: TONES[state] })}>{state}</Pill>
          </td>
          <td>
            <Code value={typeof body === 'string' ? body : `base64 ${body.base64}`} most={160} />
          </td>
          <td>
            <Ago at={enqueuedAt} />
          </td>
          <td>
            <Ago at={expiresAt} />
          </td>
          <td>{deliveries}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const FEEDBACK = [
  ['none', 'none'],
  ['positive', 'when completed'],
  ['negative', 'when it failed'],
  ['full', 'both'],
] as const;

const SendForm = ({ path, sent }: { path: string; sent: () => Promise<void> }) => {
  const { client, notices } = useApp();
  const body = useSignal('');
  const ack = useSignal<(typeof FEEDBACK)[number][0]>('none');
  const contentType = useSignal('application/json');
  const seconds = useSignal(3600);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const message = {
      body: body.value,
      ack: ack.value,
      contentType: contentType.value,
      expiresInSeconds: seconds.value,
    };
    const isSent = await notices.run(() => client.send(path, { method: 'POST', body: message }).then(sent), 'Sent.');
    if (isSent) body.value = '';
  };
  return (
    <Card title="Send a message">
      <form class="stack" onSubmit={send}>
        <AreaField label="Body" value={body} rows={4} required />
        <div class="fields">
          <SelectField label="Feedback" value={ack} options={FEEDBACK} />
          <TextField label="Content type" value={contentType} />
          <NumberField label="Expires after, seconds" value={seconds} min={1} />
        </div>
        <div class="row">
          <Button kind="primary" submit>
            Send
          </Button>
        </div>
      </form>
    </Card>
  );
};
