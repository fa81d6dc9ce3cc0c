import { useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import type { HubEvent, RoutingHealth, RoutingState } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { TextField } from '../../parts/fields.tsx';
import { JsonField, readJson } from '../../parts/json-field.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';

/** Routes in the order in which they are tried, and what each has matched. */
export const Screen = () => {
  const { client } = useApp();
  const routing = useReloading(() => client.get<RoutingState>('/routing'), isRouted);
  const health = useReloading(() => client.get<RoutingHealth>('/routing/health'), isRouted);
  const found = routing.value.value;
  const hasFallback = found?.routing.fallbackRoute?.isEnabled ?? false;
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Routing</h1>
          <DiffersFromAzure topic="routing" />
        </div>
        {found !== undefined && (
          <Pill {...(hasFallback ? {} : { tone: 'warn' as const })}>
            {hasFallback ? 'what no route matches goes to events' : 'what no route matches is dropped'}
          </Pill>
        )}
      </div>
      {routing.error.value !== undefined && <Problem>{messageOf(routing.error.value)}</Problem>}
      <section class="card" aria-label="Routes">
        {found?.routing.routes.length === 0 && (
          <Empty title="No route yet.">All messages go to the built-in endpoint, events.</Empty>
        )}
        {found !== undefined && found.routing.routes.length > 0 && <Table state={found} />}
      </section>
      {health.value.value !== undefined && <Endpoints health={health.value.value} />}
      <TryOut />
    </>
  );
};

/** Messages, and the events of the hub that have a route of their own. */
const isRouted = ({ type }: HubEvent): boolean =>
  /^(?:telemetry$|endpoint\.|hub\.|twin\.|identity\.|session\.)/.test(type);

/** Which endpoints take messages, and why not. */
const Endpoints = ({ health }: { health: RoutingHealth }) => (
  <section class="card" aria-label="Endpoints">
    <table class="table">
      <thead>
        <tr>
          <th>endpoint</th>
          <th>health</th>
          <th>delivered</th>
          <th>waiting</th>
          <th>given up</th>
        </tr>
      </thead>
      <tbody>
        {health.value.map(({ endpointId, healthStatus, lastKnownError, delivered, waiting, dropped }) => (
          <tr key={endpointId}>
            <td>
              <Code value={endpointId} />
            </td>
            <td>
              {healthStatus}
              {lastKnownError !== undefined && `: ${lastKnownError}`}
            </td>
            <td>{delivered?.toLocaleString('en')}</td>
            <td>{waiting?.toLocaleString('en')}</td>
            <td>{dropped?.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Table = ({ state: { routing, counts } }: { state: RoutingState }) => (
  <table class="table">
    <thead>
      <tr>
        <th>route</th>
        <th>source</th>
        <th>condition</th>
        <th>endpoints</th>
        <th>matched</th>
      </tr>
    </thead>
    <tbody>
      {routing.routes.map(({ name, source, condition, endpointNames, isEnabled }) => (
        <tr key={name} class={isEnabled ? undefined : 'faint'}>
          <td>
            <Code value={name} />
            {!isEnabled && ' (off)'}
          </td>
          <td>{source}</td>
          <td>
            <Code value={condition} />
          </td>
          <td>{endpointNames.join(', ')}</td>
          <td>{(counts.matched[name] ?? 0).toLocaleString('en')}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** A condition against a message, without sending one. */
const TryOut = () => {
  const { client, notices } = useApp();
  const condition = useSignal('temperature > 30');
  const message = useSignal(
    '{\n  "body": { "temperature": 31 },\n  "appProperties": {},\n  "systemProperties": { "contentType": "application/json" }\n}',
  );
  const result = useSignal('');
  const run = () =>
    notices.run(async () => {
      const read = readJson(message.value);
      if ('problem' in read) throw new Error(read.problem);
      const body = { kind: 'routing', text: condition.value, message: read.value };
      const answer = await client.send<{ result: boolean | 'undefined' }>('/evaluate', { method: 'POST', body });
      result.value =
        answer.result === true
          ? 'The message matches.'
          : answer.result === false
            ? 'The message does not match.'
            : 'The condition is undefined for this message: it does not match.';
    });
  return (
    <Card title="Try a condition">
      <div class="stack">
        <TextField label="Condition" value={condition} mono />
        <JsonField label="Message" text={message} rows={6} />
        <div class="row">
          <Button run={run}>Try</Button>
          <span role="status">{result.value}</span>
        </div>
      </div>
    </Card>
  );
};
