import { useSignal } from '@preact/signals';
import { isObject } from '../../../../protocol/json.ts';
import { messageOf } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { JsonField, readJson } from '../../parts/json-field.tsx';
import { Problem } from '../../parts/text.tsx';
import { type App, linkTo, useApp } from '../../state/app.ts';
import { create, forEach, type NewDevice } from './actions.ts';
import { expandIds } from './data.ts';

const TYPES = [
  ['sas', 'Symmetric key, made by the hub'],
  ['selfSigned', 'X.509 self-signed'],
  ['certificateAuthority', 'X.509 CA signed'],
] as const;

const useForm = () => ({
  id: useSignal(''),
  authentication: useSignal<NewDevice['authentication']>('sas'),
  thumbprint: useSignal(''),
  edge: useSignal(false),
  tags: useSignal(''),
});

type Form = ReturnType<typeof useForm>;

/** Creates one device, or a row of them by `d1..d30`. */
export const NewDeviceDialog = ({ close }: { close: () => void }) => {
  const app = useApp();
  const form = useForm();
  const problem = useSignal('');
  const submit = async () => {
    try {
      const [only, ...others] = await createAll(app, form);
      close();
      if (only !== undefined && others.length === 0) app.navigation.go(linkTo(app, ['devices', only, 'identity']));
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <Dialog title="New device" action="Create" close={close} submit={submit}>
      <TextField label="Device id, or several such as d1..d30" value={form.id} mono required />
      <SelectField label="Authentication type" value={form.authentication} options={TYPES} />
      {form.authentication.value === 'selfSigned' && (
        <TextField
          label="Thumbprint of the certificate (SHA-1 or SHA-256, hexadecimal)"
          value={form.thumbprint}
          mono
          required
        />
      )}
      <label class="check">
        <input type="checkbox" checked={form.edge} onChange={(e) => (form.edge.value = e.currentTarget.checked)} /> IoT
        Edge device
      </label>
      <JsonField label="Tags (optional)" text={form.tags} rows={3} optional />
      {problem.value !== '' && <Problem>{problem.value}</Problem>}
    </Dialog>
  );
};

/** Creates the devices; gives their ids. Of several, those that cannot be created are told. Throws an Error for one. */
const createAll = async (
  app: App,
  { id, authentication, thumbprint, edge, tags }: Form,
): Promise<readonly string[]> => {
  const ids = expandIds(id.value);
  const make = create({
    authentication: authentication.value,
    thumbprint: thumbprint.value,
    edge: edge.value,
    tags: tagsOf(tags.value),
  });
  if (ids.length > 1) await forEach(app, ids, make, 'created');
  else await make(app, ids[0] ?? '');
  return ids;
};

/** Throws an Error that says what is wrong. */
const tagsOf = (text: string): NewDevice['tags'] => {
  if (text.trim() === '') return undefined;
  const read = readJson(text);
  if ('problem' in read) throw new Error(read.problem);
  if (!isObject(read.value)) throw new Error('Tags are a JSON object, such as {"building": "43"}.');
  return read.value;
};
