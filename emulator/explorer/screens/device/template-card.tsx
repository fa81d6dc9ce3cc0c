import { useSignal } from '@preact/signals';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/fields.tsx';
import { JsonField, readJson } from '../../parts/json-field.tsx';
import { useApp } from '../../state/app.ts';
import type { DeviceTemplate } from './browser-device.ts';

interface TemplateCardProps {
  /** To begin with. */
  readonly template: DeviceTemplate;
  /** Called after one was saved, with its name, or deleted. */
  readonly changed: (name?: string) => unknown;
}

/** What the device sends, reports and answers, to be changed and saved in the hub under a name. */
export const TemplateCard = ({ template, changed }: TemplateCardProps) => {
  const { client, notices } = useApp();
  const { name: first, title: firstTitle, isSaved, telemetry, reported, methods } = template;
  const name = useSignal(isSaved ? first : '');
  const title = useSignal(isSaved ? firstTitle : '');
  const text = useSignal(textOf({ telemetry, reported, methods }));
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const read = readJson(text.value);
    if ('problem' in read) return;
    const body = { ...Object(read.value), title: title.value };
    const saved = name.value.trim();
    const done = () => client.send(pathOf(saved), { method: 'PUT', body });
    if (await notices.run(done, `“${saved}” was saved in this hub.`)) changed(saved);
  };
  const remove = async (): Promise<void> => {
    const done = () => client.send(pathOf(first), { method: 'DELETE' });
    if (await notices.run(done, `“${first}” was deleted.`)) changed();
  };
  return (
    <Card title="Template" aside="for this page and device simulate --template NAME">
      <form class="stack" onSubmit={save}>
        <JsonField label="What it sends, reports and answers; two numbers are a range" text={text} rows={12} />
        <div class="row bottom">
          <TextField label="Name" value={name} required mono />
          <TextField label="Title" value={title} />
          <Button kind="primary" submit>
            Save
          </Button>
          {isSaved && <Button run={remove}>Delete</Button>}
        </div>
      </form>
    </Card>
  );
};

/** Ranges are short lines. */
const textOf = (parts: object): string =>
  JSON.stringify(parts, null, 2).replace(/\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]/g, '[$1, $2]');

const pathOf = (name: string): string => `/templates/${encodeURIComponent(name)}`;
