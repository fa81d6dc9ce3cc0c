import type { Hosted } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { NameForm } from '../../parts/name-form.tsx';
import { Code } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import type { Resource } from '../../state/resource.ts';
import { hrefOf } from '../../url/location.ts';

export const forkNames = (hubs: readonly Hosted[]): readonly string[] =>
  hubs.filter(({ isOriginal }) => !isOriginal).map(({ name }) => name);

/** Copies of the hub that go their own way: open one, make one, close one. */
export const ForksCard = ({ hubs }: { hubs: Resource<readonly Hosted[]> }) => {
  const forks = (hubs.value.value ?? []).filter(({ isOriginal }) => !isOriginal);
  return (
    <Card title="Forks" aside={<NewFork hubs={hubs} />} flush>
      {forks.length === 0 ? (
        <p class="nothing faint">
          No fork. A fork is a copy of the hub with keys of its own: one for each test or each student, on the same
          ports.
        </p>
      ) : (
        <Table forks={forks} hubs={hubs} />
      )}
    </Card>
  );
};

const NewFork = ({ hubs }: { hubs: Resource<readonly Hosted[]> }) => {
  const { client, notices } = useApp();
  const make = (name: string | undefined) =>
    notices.run(() => client.send('/hubs', { method: 'POST', body: { name } }).then(hubs.reload), 'The fork was made.');
  return <NameForm label="Name of the fork" action="New fork" maxLength={40} submit={make} />;
};

const Table = ({ forks, hubs }: { forks: readonly Hosted[]; hubs: Resource<readonly Hosted[]> }) => (
  <table class="table">
    <thead>
      <tr>
        <th>name</th>
        <th>devices</th>
        <th>connected</th>
        <th>
          <span class="out-of-sight">actions</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {forks.map((fork) => (
        <Row key={fork.name} fork={fork} hubs={hubs} />
      ))}
    </tbody>
  </table>
);

const Row = ({ fork: { name, devices, connected }, hubs }: { fork: Hosted; hubs: Resource<readonly Hosted[]> }) => {
  const { client, notices } = useApp();
  const path = `/hubs/${encodeURIComponent(name)}`;
  const close = () =>
    notices.run(() => client.send(path, { method: 'DELETE' }).then(hubs.reload), `“${name}” was closed.`);
  const string = async () =>
    (await client.get<{ connectionString: string }>(`${path}/connection-string`)).connectionString;
  return (
    <tr>
      <td>
        <a href={hrefOf(name, ['overview'])}>
          <Code value={name} />
        </a>
      </td>
      <td>{devices.toLocaleString('en')}</td>
      <td>{connected.toLocaleString('en')}</td>
      <td>
        <span class="row">
          <CopyButton text={string} label={`the connection string of ${name}`}>
            copy string
          </CopyButton>
          <Button kind="link" run={close}>
            close
          </Button>
        </span>
      </td>
    </tr>
  );
};
