import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Hosted, Snapshot } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/card.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { NameForm } from '../../parts/name-form.tsx';
import { Code } from '../../parts/text.tsx';
import { type App, useApp } from '../../state/app.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import { exact } from '../../text/time.ts';
import { CompareCard } from './compare.tsx';
import { ForksCard, forkNames } from './forks.tsx';

type Snapshots = Resource<readonly Snapshot[]>;

/** Moments of the hub: take one, go back to one, compare two. */
export const Screen = () => {
  const app = useApp();
  const snapshots: Snapshots = useMemo(
    () => createResource(() => app.client.get<readonly Snapshot[]>('/snapshots')),
    [],
  );
  const hasForks = app.offers('GET /hubs');
  const hubs = useMemo(() => createResource(() => app.client.get<readonly Hosted[]>('/hubs')), []);
  useEffect(() => {
    void snapshots.reload();
    if (hasForks) void hubs.reload();
  }, []);
  const isResetting = app.navigation.location.value.query.has('reset');
  const list = snapshots.value.value ?? [];
  return (
    <>
      <div class="title">
        <h1>Snapshots</h1>
        <div class="row">
          <Button run={() => app.navigation.setQuery({ reset: 'yes' })}>Reset to the seed…</Button>
          <TakeForm snapshots={snapshots} />
        </div>
      </div>
      <section class="card" aria-label="Snapshots">
        {list.length === 0 ? (
          <Empty title="No snapshot yet.">
            A snapshot keeps twins, identities, jobs and queues of this moment. Going back to it takes milliseconds.
          </Empty>
        ) : (
          <Table list={list} snapshots={snapshots} />
        )}
      </section>
      {app.offers('GET /compare') && snapshots.value.value !== undefined && (
        <CompareCard snapshots={list.map(({ name }) => name)} hubs={forkNames(hubs.value.value ?? [])} />
      )}
      {hasForks && <ForksCard hubs={hubs} />}
      {isResetting && <ResetDialog />}
    </>
  );
};

const TakeForm = ({ snapshots }: { snapshots: Snapshots }) => {
  const { client, notices } = useApp();
  const take = (name: string | undefined) =>
    notices.run(
      () => client.send('/snapshots', { method: 'POST', body: { name } }).then(snapshots.reload),
      'The snapshot was taken.',
    );
  return <NameForm label="Name of the snapshot" action="Take a snapshot" maxLength={100} primary submit={take} />;
};

const Table = ({ list, snapshots }: { list: readonly Snapshot[]; snapshots: Snapshots }) => {
  const app = useApp();
  const at = (name: string) => `/snapshots/${encodeURIComponent(name)}`;
  const restore = (name: string) => () =>
    afterwards(
      app,
      () => app.client.send(`${at(name)}/restore`, { method: 'POST', body: {} }),
      `The hub is as in “${name}”.`,
    );
  const remove = (name: string) => () =>
    app.notices.run(() => app.client.send(at(name), { method: 'DELETE' }).then(snapshots.reload), 'Deleted.');
  return (
    <table class="table">
      <thead>
        <tr>
          <th>name</th>
          <th>taken</th>
          <th>devices</th>
          <th>modules</th>
          <th>
            <span class="out-of-sight">actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((snapshot) => (
          <tr key={snapshot.name}>
            <td>
              <Code value={snapshot.name} />
            </td>
            <td>{exact(snapshot.at)}</td>
            <td>{snapshot.devices.toLocaleString('en')}</td>
            <td>{snapshot.modules.toLocaleString('en')}</td>
            <td>
              <span class="row">
                <Button run={restore(snapshot.name)}>Go back to it</Button>
                <Button kind="link" run={remove(snapshot.name)}>
                  delete
                </Button>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** Everything shown may be different now. */
const afterwards = (app: App, action: () => Promise<unknown>, done: string): Promise<boolean> =>
  app.notices.run(() => action().then(app.marks.reload).then(app.fleet.reload), done);

const ResetDialog = () => {
  const app = useApp();
  const drop = useSignal(false);
  const close = () => app.navigation.setQuery({ reset: undefined });
  const reset = async () => {
    close();
    await afterwards(
      app,
      () => app.client.send('/reset', { method: 'POST', body: { dropConnections: drop.value } }),
      'The hub is as after its seed.',
    );
  };
  return (
    <Dialog title="Reset the hub?" action="Reset" danger close={close} submit={reset}>
      <p>
        Twins, identities, jobs and queues go back to the state after the seed, with the faults of the start. Snapshots
        stay.
      </p>
      <label class="check">
        <input type="checkbox" checked={drop} onChange={(e) => (drop.value = e.currentTarget.checked)} /> End all
        connections, too
      </label>
    </Dialog>
  );
};
