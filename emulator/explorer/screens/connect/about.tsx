import { useEffect, useMemo } from 'preact/hooks';
import { ApiError, messageOf } from '../../api/client.ts';
import { Card } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { EmulatorsCard } from './emulators.tsx';
import { readFigures } from './figures.ts';

/** The emulator itself: whether its servers answer, what it was started with, what it uses. */
export const About = () => (
  <div class="columns-2">
    <div class="stack wide">
      <HealthCard />
      <FiguresCard />
      <EmulatorsCard />
    </div>
    <OptionsCard />
  </div>
);

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, string>>;
}

const HealthCard = () => {
  const { client, info } = useApp();
  const health = useMemo(() => createResource(() => client.get<Health>('/health')), []);
  useEffect(() => void health.reload(), []);
  const error = health.error.value;
  return (
    <Card title="Servers" aside={`version ${info.value.version}`}>
      {error !== undefined && <Problem>{error instanceof ApiError ? error.message : messageOf(error)}</Problem>}
      <dl class="facts">
        {Object.entries(info.value.ports).map(([name, port]) => (
          <Fact
            key={name}
            name={name}
            text={`port ${port}${checkText(health.value.value?.checks[CHECKS[name] ?? name])}`}
          />
        ))}
      </dl>
    </Card>
  );
};

/** Ports whose check goes by the name of what is served. */
const CHECKS: Readonly<Record<string, string>> = { https: 'rest' };

const checkText = (check: string | undefined): string => {
  if (check === undefined) return '';
  return check === 'ok' ? ' · answers' : ` · does not answer: ${check}`;
};

const Fact = ({ name, text }: { name: string; text: string }) => (
  <>
    <dt>{name}</dt>
    <dd>
      <Code value={text} />
    </dd>
  </>
);

const FiguresCard = () => {
  const { client } = useApp();
  const metrics = useMemo(
    () => createResource(async () => readFigures(await (await client.call('/metrics')).text())),
    [],
  );
  useEffect(() => {
    void metrics.reload();
    const timer = setInterval(() => void metrics.reload(), 2000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Card title="Figures" aside={<a href={`${client.base}/metrics`}>for Prometheus</a>}>
      <dl class="facts">
        {metrics.value.value?.map(({ help, text }) => (
          <Fact key={help} name={help} text={text} />
        ))}
      </dl>
    </Card>
  );
};

const OptionsCard = () => {
  const { options } = useApp().info.value;
  return (
    <Card title="Options" aside={<DiffersFromAzure topic="tiers" />} flush>
      {options === undefined ? (
        <p class="nothing faint">This build does not tell its options.</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th>option</th>
              <th>value</th>
              <th>from</th>
            </tr>
          </thead>
          <tbody>
            {options.map(({ name, value, from }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  <Code value={JSON.stringify(value)} most={120} />
                </td>
                <td class="muted">{from}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
};
