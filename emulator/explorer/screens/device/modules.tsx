import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { IdentityDocument } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import type { OpenDevice } from './data.ts';

type Modules = Resource<readonly IdentityDocument[]>;

/** The modules of a device; each opens like a device. */
export const Modules = ({ device }: { device: OpenDevice }) => {
  const { service, stream } = useApp();
  const modules: Modules = useMemo(() => createResource(() => service.modules(device.key)), [device.key]);
  const isAdding = useSignal(false);
  useEffect(() => {
    void modules.reload();
    return stream.listen(({ events }) => {
      if (events.some(({ key, type }) => key?.startsWith(`${device.key}/`) && /^(identity|session)\./.test(type)))
        void modules.reload();
    });
  }, [modules]);
  const list = modules.value.value ?? [];
  return (
    <Card title="Modules" aside={<Button run={() => (isAdding.value = true)}>New module</Button>} flush>
      {modules.error.value !== undefined && <Problem>{messageOf(modules.error.value)}</Problem>}
      {list.length === 0 ? (
        <Empty title="This device has no module.">
          A module has an identity, a twin and methods of its own, under the device.
        </Empty>
      ) : (
        <ModuleTable device={device.key} list={list} modules={modules} />
      )}
      {isAdding.value && <NewModule device={device.key} modules={modules} close={() => (isAdding.value = false)} />}
    </Card>
  );
};

interface TableProps {
  readonly device: string;
  readonly list: readonly IdentityDocument[];
  readonly modules: Modules;
}

const ModuleTable = ({ device, list, modules }: TableProps) => {
  const app = useApp();
  const remove = (id: string) =>
    app.notices.run(
      () => app.service.deleteIdentity(`${device}/${id}`).then(modules.reload),
      `Module ${id} was deleted.`,
    );
  return (
    <table class="table">
      <thead>
        <tr>
          <th>module</th>
          <th>state</th>
          <th>authentication</th>
          <th>last activity</th>
          <th>
            <span class="out-of-sight">actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ moduleId = '', connectionState, authentication, lastActivityTime }) => (
          <tr key={moduleId}>
            <td>
              <a href={linkTo(app, ['devices', device, 'modules', moduleId])}>
                <Code value={moduleId} />
              </a>
            </td>
            <td>{connectionState === 'Connected' ? 'connected' : 'offline'}</td>
            <td>{authentication.type}</td>
            <td>
              <Ago at={lastActivityTime} />
            </td>
            <td>
              <Button kind="link" run={() => remove(moduleId)}>
                delete
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const NewModule = ({ device, modules, close }: { device: string; modules: Modules; close: () => void }) => {
  const { service } = useApp();
  const id = useSignal('');
  const problem = useSignal('');
  const submit = async () => {
    try {
      await service.putIdentity(`${device}/${id.value}`, {
        deviceId: device,
        moduleId: id.value,
        authentication: { type: 'sas' },
      });
      close();
      await modules.reload();
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <Dialog title="New module" action="Create" close={close} submit={submit}>
      <TextField label="Module id" value={id} mono required />
      {problem.value !== '' && <Problem>{problem.value}</Problem>}
    </Dialog>
  );
};
