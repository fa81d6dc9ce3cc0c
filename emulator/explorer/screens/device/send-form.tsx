import { useSignal } from '@preact/signals';
import { messageOf as problemText } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { AreaField, NumberField, SelectField, TextField } from '../../parts/fields.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { type MessageDraft, messageOf } from './cloud-to-device-data.ts';
import type { OpenDevice } from './data.ts';

const FEEDBACK = [
  ['none', 'none'],
  ['positive', 'when completed'],
  ['negative', 'when it failed'],
  ['full', 'both'],
] as const;

interface SendFormProps {
  readonly device: OpenDevice;
  readonly path: string;
  readonly sent: () => Promise<unknown>;
}

/** Sends a message to a device, as a service app does. */
export const SendForm = ({ device, path, sent }: SendFormProps) => {
  const { client, notices, marks, drafts } = useApp();
  const draftName = `message ${device.key}`;
  const body = useSignal(drafts.read(draftName) ?? '');
  const properties = useSignal('');
  const messageId = useSignal('');
  const correlationId = useSignal('');
  const contentType = useSignal('application/json');
  const ack = useSignal<MessageDraft['ack']>('none');
  const seconds = useSignal(3600);
  const problem = useSignal('');
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const draft = {
        body: body.value,
        properties: properties.value,
        messageId: messageId.value,
        correlationId: correlationId.value,
        contentType: contentType.value,
        ack: ack.value,
        expiresInSeconds: seconds.value,
      };
      await client.send(path, { method: 'POST', body: messageOf(draft, marks.now()) });
      problem.value = '';
      body.value = '';
      drafts.write(draftName, '');
      notices.say('Sent.');
      await sent();
    } catch (error) {
      problem.value = problemText(error);
    }
  };
  return (
    <Card title="Send a message">
      <form class="stack" onSubmit={send} onInput={() => drafts.write(draftName, body.value)}>
        <AreaField label="Body" value={body} rows={4} />
        <AreaField label="Properties, one a line: name: value" value={properties} rows={2} />
        <div class="fields">
          <SelectField label="Feedback" value={ack} options={FEEDBACK} />
          <NumberField label="Expires after, seconds" value={seconds} />
          <TextField label="Message id" value={messageId} mono />
          <TextField label="Correlation id" value={correlationId} mono />
          <TextField label="Content type" value={contentType} />
        </div>
        {problem.value !== '' && <Problem>{problem.value}</Problem>}
        <div class="row">
          <Button kind="primary" submit>
            Send
          </Button>
          <span class="small muted">
            {device.connection.value.value === undefined
              ? 'The device is offline: the message waits for it.'
              : 'The device is connected: it gets the message at once if it listens.'}
          </span>
        </div>
      </form>
    </Card>
  );
};
