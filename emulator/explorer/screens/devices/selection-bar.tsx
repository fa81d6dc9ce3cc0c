import { useSignal } from '@preact/signals';
import { isObject } from '../../../../protocol/json.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { JsonField, readJson } from '../../parts/json-field.tsx';
import { type App, useApp } from '../../state/app.ts';
import { disconnect, forEach, patchTags, remove, setStatus, type Together } from './actions.ts';
import type { DeviceList } from './data.ts';

type Asking = 'delete' | 'tag' | undefined;

/** What can be done with the devices that are selected. */
export const SelectionBar = ({ list: { selected } }: { list: DeviceList }) => {
  const app = useApp();
  const asking = useSignal<Asking>(undefined);
  const count = selected.value.size;
  const run = async (action: Together, done: string) => {
    asking.value = undefined;
    await forEach(app, [...selected.value], action, done);
  };
  const close = () => {
    asking.value = undefined;
  };
  return (
    <div class="tools" role="toolbar" aria-label="Selected devices">
      <strong>{count === 1 ? '1 device' : `${count.toLocaleString('en')} devices`} selected</strong>
      {app.offers('GET /service/*') && (
        <>
          <Button run={() => run(setStatus('enabled'), 'enabled')}>Enable</Button>
          <Button run={() => run(setStatus('disabled'), 'disabled')}>Disable</Button>
          <Button run={() => (asking.value = 'tag')}>Tag…</Button>
        </>
      )}
      <Button run={() => run(disconnect, 'disconnected')}>Disconnect</Button>
      {count === 2 && app.offers('GET /compare/twins') && (
        <Button run={() => compare(app, [...selected.value])}>Compare</Button>
      )}
      {app.offers('GET /service/*') && (
        <Button kind="danger" run={() => (asking.value = 'delete')}>
          Delete…
        </Button>
      )}
      <Button kind="plain" run={() => (selected.value = new Set())}>
        Clear selection
      </Button>
      {asking.value === 'tag' && <TagDialog {...{ count, close, run }} />}
      {asking.value === 'delete' && (
        <Dialog
          title={count === 1 ? 'Delete this device?' : `Delete ${count.toLocaleString('en')} devices?`}
          action="Delete"
          danger
          close={close}
          submit={async () => {
            await run(remove, 'deleted');
            selected.value = new Set();
          }}
        >
          <p>Their twins, modules and keys are deleted with them. A snapshot taken before brings them back.</p>
        </Dialog>
      )}
    </div>
  );
};

const compare = ({ navigation }: App, [left, right]: readonly string[]): void =>
  navigation.setQuery({ compare: left, with: right }, 'push');

interface TagDialogProps {
  readonly count: number;
  readonly close: () => void;
  readonly run: (action: Together, done: string) => Promise<void>;
}

const TagDialog = ({ count, close, run }: TagDialogProps) => {
  const text = useSignal('{\n  "building": "43"\n}');
  const tags = readJson(text.value);
  return (
    <Dialog
      title={`Patch the tags of ${count === 1 ? '1 device' : `${count.toLocaleString('en')} devices`}`}
      action="Send patch"
      close={close}
      submit={() => 'value' in tags && isObject(tags.value) && run(patchTags(tags.value), 'tagged')}
    >
      <JsonField label="Patch of tags; null deletes a tag" text={text} />
    </Dialog>
  );
};
