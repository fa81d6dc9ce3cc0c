import { useRef } from 'preact/hooks';
import { download } from '../../parts/download.ts';
import { Menu } from '../../parts/menu.tsx';
import { useApp } from '../../state/app.ts';

interface Seeded {
  readonly devices: number;
  readonly modules: number;
  readonly configurations: number;
}

/** The hub in and out as a file. */
export const SeedMenu = () => {
  const app = useApp();
  const file = useRef<HTMLInputElement>(null);
  const save = (form: string, name: string) => () =>
    app.notices.run(async () => download(name, await (await app.client.call(`/seed?form=${form}`)).text()));
  const load = async (list: FileList | null) => {
    const text = await list?.[0]?.text();
    if (text === undefined) return;
    await app.notices.run(async () => {
      const made = await app.client.send<Seeded>('/seed?mode=merge', { method: 'POST', body: text });
      app.notices.say(
        `Imported ${made.devices} devices, ${made.modules} modules, ${made.configurations} configurations.`,
      );
      await app.fleet.reload();
    });
  };
  return (
    <>
      <input
        ref={file}
        type="file"
        hidden
        aria-label="File to import"
        onChange={(event) => void load(event.currentTarget.files)}
      />
      <Menu
        title="Import, export"
        items={[
          { title: 'Import a seed, state file or devices.txt…', run: () => file.current?.click() },
          { title: 'Export as YAML', run: save('yaml', 'hub.yaml') },
          { title: 'Export as state file of az', run: save('state', 'state.json') },
          { title: 'Export as devices.txt', run: save('devices.txt', 'devices.txt') },
          { title: 'Export with pseudonyms', run: save('yaml&ids=pseudonyms&keys=new', 'hub-pseudonyms.yaml') },
        ]}
      />
    </>
  );
};
