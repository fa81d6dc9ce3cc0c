import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { download } from '../../parts/download.ts';
import { Menu } from '../../parts/menu.tsx';
import { useApp } from '../../state/app.ts';
import { type ChosenFile, ImportDialog } from './import-dialog.tsx';

/** The hub in and out as a file; a file can be dropped anywhere on the page, too. */
export const SeedMenu = () => {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  const chosen = useSignal<ChosenFile | undefined>(undefined);
  const choose = async (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined) chosen.value = { name: file.name, text: await file.text() };
  };
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      void choose(event.dataTransfer?.files);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, []);
  const save = (form: string, name: string) => () =>
    app.notices.run(async () => download(name, await (await app.client.call(`/seed?form=${form}`)).text()));
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to import"
        onChange={async ({ currentTarget }) => {
          await choose(currentTarget.files);
          currentTarget.value = ''; // so that the same file can be chosen again
        }}
      />
      <Menu
        title="Import, export"
        items={[
          { title: 'Import a seed, state file or devices.txt…', run: () => input.current?.click() },
          { title: 'Export as YAML', run: save('yaml', 'hub.yaml') },
          { title: 'Export as state file of az', run: save('state', 'state.json') },
          { title: 'Export as devices.txt', run: save('devices.txt', 'devices.txt') },
          { title: 'Export with pseudonyms', run: save('yaml&ids=pseudonyms&keys=new', 'hub-pseudonyms.yaml') },
        ]}
      />
      {chosen.value !== undefined && (
        <ImportDialog key={chosen.value.name} file={chosen.value} close={() => (chosen.value = undefined)} />
      )}
    </>
  );
};
