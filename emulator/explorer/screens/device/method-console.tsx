import { useSignal } from '@preact/signals';
import { ApiError, messageOf } from '../../api/client.ts';
import type { MethodResult } from '../../api/service.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { NumberField, TextField } from '../../parts/fields.tsx';
import { JsonField, readJson } from '../../parts/json-field.tsx';
import { Block, Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import type { CallForm } from './call-form.ts';
import type { OpenDevice } from './data.ts';
import { explain } from './methods-data.ts';

interface ConsoleProps {
  readonly device: OpenDevice;
  readonly form: CallForm;
}

type Outcome = { readonly result: MethodResult } | { readonly problem: string } | 'calling' | undefined;

/** Calls a method and waits for the device's answer. */
export const MethodConsole = ({ device, form: { name, payload } }: ConsoleProps) => {
  const { service } = useApp();
  const responseTimeout = useSignal(30);
  const connectTimeout = useSignal(0);
  const outcome = useSignal<Outcome>(undefined);
  const call = async (event: SubmitEvent) => {
    event.preventDefault();
    const read = readJson(payload.value || 'null');
    if ('problem' in read) return;
    outcome.value = 'calling';
    try {
      const result = await service.invoke(device.key, {
        methodName: name.value,
        payload: read.value,
        responseTimeoutInSeconds: responseTimeout.value,
        connectTimeoutInSeconds: connectTimeout.value,
      });
      outcome.value = { result };
    } catch (error) {
      outcome.value = { problem: problemOf(error, device) };
    }
  };
  return (
    <Card title="Call a method" aside={<Listening device={device} />}>
      <form class="stack" onSubmit={call}>
        <TextField label="Method name" value={name} mono required />
        <JsonField label="Payload (JSON)" text={payload} rows={4} />
        <div class="fields">
          <NumberField label="Response timeout, seconds" value={responseTimeout} min={5} max={300} />
          <NumberField label="Connection timeout, seconds" value={connectTimeout} max={300} />
        </div>
        <div class="row">
          <Button kind="primary" submit disabled={outcome.value === 'calling'}>
            {outcome.value === 'calling' ? 'Waiting for the device…' : 'Call'}
          </Button>
        </div>
        <Answer outcome={outcome.value} />
      </form>
    </Card>
  );
};

const problemOf = (error: unknown, device: OpenDevice): string =>
  error instanceof ApiError && error.code !== undefined
    ? explain(error.code, device.connection.value.value !== undefined)
    : messageOf(error);

const Listening = ({ device }: { device: OpenDevice }) => {
  const connection = device.connection.value.value;
  if (connection === undefined) return <>the device is offline</>;
  return (
    <>
      {connection.subscriptions.methods === undefined
        ? 'connected, but does not listen to methods'
        : 'the device listens to methods'}
    </>
  );
};

const Answer = ({ outcome }: { outcome: Outcome }) => {
  if (outcome === undefined || outcome === 'calling') return null;
  if ('problem' in outcome) return <Problem>{outcome.problem}</Problem>;
  return (
    <div class="stack">
      <p>
        The device answered <strong>{outcome.result.status}</strong>
      </p>
      <Block label="Answer" value={JSON.stringify(outcome.result.payload, null, 2)} />
    </div>
  );
};
