import { type Signal, useSignal } from '@preact/signals';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { NumberField, SelectField, TextField } from '../../parts/fields.tsx';
import { useApp } from '../../state/app.ts';
import { CAUSES, type Cause } from './causes.ts';
import { type Often, ruleOf } from './rule.ts';
import { ruleSentence } from './sentence.ts';

/** Makes a rule from what goes wrong, for whom, how often and for how long. */
export const FaultForm = () => {
  const { client, marks, notices } = useApp();
  const form = useForm();
  const rule = ruleIn(form);
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    void notices.run(
      () => client.send('/faults', { method: 'POST', body: rule }).then(marks.reload),
      'The fault is active.',
    );
  };
  return (
    <Card title="Let something go wrong">
      <form class="causes" onSubmit={add}>
        <CauseList chosen={form.cause} />
        <div class="stack">
          <Fields form={form} />
          <p class="muted">{form.cause.value.text}</p>
          <p>
            <strong>{ruleSentence(rule)}.</strong>
          </p>
          <div class="row">
            <Button kind="primary" submit>
              Let it happen
            </Button>
          </div>
        </div>
      </form>
    </Card>
  );
};

interface Form {
  readonly cause: Signal<Cause>;
  readonly device: Signal<string>;
  readonly often: Signal<Often>;
  readonly number: Signal<number>;
  readonly minutes: Signal<number>;
}

const NOTHING: Cause = { id: '', title: '', text: '', effect: { type: 'drop' }, match: {} };

const useForm = (): Form => ({
  cause: useSignal(CAUSES[0] ?? NOTHING),
  device: useSignal(''),
  often: useSignal<Often>('times'),
  number: useSignal(1),
  minutes: useSignal(0),
});

const ruleIn = ({ cause, device, often, number, minutes }: Form) =>
  ruleOf(cause.value, {
    device: isOfNobody(cause.value) ? '' : device.value,
    often: often.value,
    number: number.value,
    minutes: minutes.value,
  });

/** At a handshake nothing is known of the client yet. */
const isOfNobody = ({ match }: Cause): boolean => match.operation === 'handshake';

const OFTEN = [
  ['always', 'always'],
  ['times', 'the first times'],
  ['nth', 'only the n-th time'],
  ['chance', 'now and then, in percent'],
] as const;

const Fields = ({ form }: { form: Form }) => {
  const isChance = form.often.value === 'chance';
  return (
    <div class="fields">
      <TextField
        label="Device (* is any text)"
        value={form.device}
        mono
        placeholder="all"
        disabled={isOfNobody(form.cause.value)}
      />
      <SelectField label="How often" value={form.often} options={OFTEN} />
      {form.often.value !== 'always' && (
        <NumberField
          label={isChance ? 'Percent' : 'n'}
          value={form.number}
          min={1}
          {...(isChance ? { max: 100 } : {})}
        />
      )}
      <NumberField label="Minutes (0: until removed)" value={form.minutes} />
    </div>
  );
};

const CauseList = ({ chosen }: { chosen: Signal<Cause> }) => (
  <fieldset>
    <legend class="out-of-sight">What goes wrong</legend>
    {CAUSES.map((cause) => (
      <label key={cause.id} class="cause">
        <input
          type="radio"
          name="cause"
          checked={chosen.value.id === cause.id}
          onChange={() => {
            chosen.value = cause;
          }}
        />
        {cause.title}
      </label>
    ))}
  </fieldset>
);
