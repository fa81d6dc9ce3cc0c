import { useEffect, useMemo } from 'preact/hooks';
import type { WaitingMessage } from '../../../../protocol/admin/messages.ts';
import { messageOf as problemText } from '../../api/client.ts';
import { splitKey } from '../../api/service.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill, type Tone } from '../../parts/card.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { useApp } from '../../state/app.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import {
  type Feedback,
  feedbackOf,
  goneMessages,
  messagesPath,
  type QueueState,
  stateOf,
} from './cloud-to-device-data.ts';
import type { OpenDevice } from './data.ts';
import { SendForm } from './send-form.tsx';

/** The queue of messages to a device, what has become of others, and a form that sends one. */
export const CloudToDevice = ({ device }: { device: OpenDevice }) => {
  const { client, stream, notices } = useApp();
  const path = messagesPath(device.key);
  const queue = useMemo(() => createResource(() => client.get<readonly WaitingMessage[]>(path)), [path]);
  const feedback = useMemo(() => createResource(() => client.get<Feedback>('/feedback')), []);
  const reload = () => Promise.all([queue.reload(), feedback.reload()]);
  useEffect(() => {
    void reload();
    const stops = [
      stream.listen(({ events }) => {
        if (
          events.some(
            ({ key, type }) =>
              /^(?:hub|clock|feedback)\./.test(type) || (key === device.key && type.startsWith('c2d.')),
          )
        )
          void reload();
      }),
      stream.whenMissed((types) => {
        if (types === undefined || types.some((type) => /^(?:hub|clock|feedback|c2d)\./.test(type))) void reload();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [queue]);
  const purge = () => notices.run(() => client.send(path, { method: 'DELETE' }).then(reload), 'The queue was emptied.');
  const messages = queue.value.value ?? [];
  return (
    <div class="columns-2">
      <div class="stack wide">
        <Card title="Queue" aside={messages.length > 0 && <Button run={purge}>Purge</Button>} flush>
          {queue.error.value !== undefined && <Problem>{problemText(queue.error.value)}</Problem>}
          {messages.length === 0 ? (
            <Empty title="No message waits for this device.">
              A message waits until the device has taken it, at most for two days.
            </Empty>
          ) : (
            <Queue messages={messages} />
          )}
        </Card>
        <GoneCard device={device} />
        <FeedbackCard device={device} feedback={feedback} />
      </div>
      <SendForm device={device} path={path} sent={reload} />
    </div>
  );
};

const TONES: Readonly<Record<QueueState, Tone | undefined>> = {
  enqueued: undefined,
  locked: 'accent',
  completed: 'good',
  'dead-lettered': 'bad',
};

const State = ({ state }: { state: QueueState }) => {
  const tone = TONES[state];
  return <Pill {...(tone === undefined ? {} : { tone })}>{state}</Pill>;
};

const Queue = ({ messages }: { messages: readonly WaitingMessage[] }) => (
  <table class="table">
    <thead>
      <tr>
        <th>number</th>
        <th>state</th>
        <th>body</th>
        <th>properties</th>
        <th>sent</th>
        <th>expires</th>
        <th>abandoned</th>
      </tr>
    </thead>
    <tbody>
      {messages.map((message) => (
        <tr key={message.sequenceNumber}>
          <td>{message.sequenceNumber}</td>
          <td>
            <State state={stateOf(message)} />
          </td>
          <td>
            <Code
              value={typeof message.body === 'string' ? message.body : `base64 ${message.body.base64}`}
              most={160}
            />
          </td>
          <td>
            <Properties message={message} />
          </td>
          <td>
            <Ago at={message.enqueuedTimeUtc} />
          </td>
          <td>
            <Ago at={message.expiryTimeUtc} />
          </td>
          <td>{message.deliveryCount}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Properties = ({ message: { properties, system } }: { message: WaitingMessage }) => {
  const shown = [...Object.entries(properties), ...Object.entries(system).filter(([name]) => !OWN_COLUMN.has(name))];
  return shown.length === 0 ? (
    <span class="faint">—</span>
  ) : (
    <Code value={shown.map(([name, value]) => `${name}: ${value}`).join(', ')} most={160} />
  );
};

const OWN_COLUMN: ReadonlySet<string> = new Set(['enqueuedTime', 'expiryTimeUtc', 'to']);

const MOST_GONE = 20;

/** Messages that are in the queue no longer. */
const GoneCard = ({ device }: { device: OpenDevice }) => {
  const { recent } = useApp();
  const gone = goneMessages(recent.events.value, device.key, MOST_GONE);
  if (gone.length === 0) return null;
  return (
    <Card title="Lately" flush>
      <table class="table">
        <thead>
          <tr>
            <th>state</th>
            <th>body</th>
            <th>why</th>
            <th>when</th>
          </tr>
        </thead>
        <tbody>
          {gone.map(({ sequence, state, body, why, at }) => (
            <tr key={sequence}>
              <td>
                <State state={state} />
              </td>
              <td>
                <Code value={body} most={160} />
              </td>
              <td class="muted">{why}</td>
              <td>
                <Ago at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
};

/** Feedback that waits for a service app. */
const FeedbackCard = ({ device, feedback }: { device: OpenDevice; feedback: Resource<Feedback> }) => {
  const [deviceId] = splitKey(device.key);
  const records = feedback.value.value === undefined ? [] : feedbackOf(feedback.value.value, deviceId);
  if (records.length === 0) return null;
  return (
    <Card title="Feedback" aside="waits for a service app" flush>
      <table class="table">
        <thead>
          <tr>
            <th>message id</th>
            <th>outcome</th>
            <th>description</th>
            <th>when</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record, index) => (
            // several records may tell of messages without an id
            <tr key={`${record.enqueuedTimeUtc}#${index}`}>
              <td>
                <Code value={record.originalMessageId ?? '—'} most={80} />
              </td>
              <td>
                <Pill tone={record.statusCode === 'Success' ? 'good' : 'bad'}>{record.statusCode}</Pill>
              </td>
              <td>
                <Text value={record.description} />
              </td>
              <td>
                <Ago at={record.enqueuedTimeUtc} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
};
