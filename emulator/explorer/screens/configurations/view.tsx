import { messageOf } from '../../api/client.ts';
import type { Configuration } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Pill } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';
import { METRIC_TITLES } from './data.ts';
import { ConfigurationForm } from './form.tsx';

/** Automatic configurations: which devices each targets, and how far they are. */
export const Screen = () => {
  const app = useApp();
  const configurations = useReloading(
    () => app.service.configurations(),
    ({ type }) => /^(?:configuration|twin\.targeted|twin\.reported)/.test(type),
  );
  const list = configurations.value.value ?? [];
  const open = app.navigation.location.value.path[1];
  const edited = list.find(({ id }) => id === open);
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Configurations</h1>
          <DiffersFromAzure topic="configurations" />
        </div>
        <Button kind="primary" run={() => go(app, 'new')}>
          New configuration
        </Button>
      </div>
      {configurations.error.value !== undefined && <Problem>{messageOf(configurations.error.value)}</Problem>}
      <section class="card" aria-label="Configurations">
        {list.length === 0 ? (
          <Empty title="No configuration yet.">
            A configuration sets desired properties of all devices that match its target condition, also of those
            created later.
          </Empty>
        ) : (
          <Table list={list} />
        )}
      </section>
      {(open === 'new' || edited !== undefined) && (
        <ConfigurationForm key={open} edited={edited} done={() => void configurations.reload().then(() => go(app))} />
      )}
    </>
  );
};

const go = (app: ReturnType<typeof useApp>, id?: string): void =>
  app.navigation.go(
    `/hub/${encodeURIComponent(app.hub)}/configurations${id === undefined ? '' : `/${encodeURIComponent(id)}`}`,
  );

const Table = ({ list }: { list: readonly Configuration[] }) => {
  const app = useApp();
  return (
    <table class="table">
      <thead>
        <tr>
          <th>id</th>
          <th>target condition</th>
          <th>priority</th>
          <th>system metrics</th>
          <th>custom metrics</th>
          <th>created</th>
        </tr>
      </thead>
      <tbody>
        {list.map((configuration) => (
          <tr key={configuration.id}>
            <td>
              <button type="button" class="button link" onClick={() => go(app, configuration.id)}>
                <Code value={configuration.id} />
              </button>
            </td>
            <td>
              <Code value={configuration.targetCondition || '—'} />
            </td>
            <td>{configuration.priority}</td>
            <td>
              <Metrics results={configuration.systemMetrics.results} />
            </td>
            <td>
              <Metrics results={configuration.metrics.results} />
            </td>
            <td class="muted">
              <Ago at={configuration.createdTimeUtc} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Metrics = ({ results }: { results: Readonly<Record<string, number>> }) => (
  <span class="row">
    {Object.entries(results).map(([name, count]) => (
      <Pill key={name}>
        {METRIC_TITLES[name] ?? name} {count}
      </Pill>
    ))}
  </span>
);
