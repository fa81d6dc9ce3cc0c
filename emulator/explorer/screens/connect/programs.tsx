import { useEffect, useState } from 'preact/hooks';
import { Card } from '../../parts/card.tsx';
import { CopyButton, CopyLine } from '../../parts/copy.tsx';
import { Block } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { maskKeys } from '../../text/mask.ts';
import { CLIENTS, type ClientGuide } from './clients.ts';
import { Waiting } from './waiting.tsx';

const POLICIES = ['iothubowner', 'service', 'device', 'registryRead', 'registryReadWrite'];

export const Programs = () => {
  const { navigation } = useApp();
  const chosen = navigation.location.value.query.get('client');
  const client = CLIENTS.find(({ id }) => id === chosen) ?? CLIENTS[0];
  return (
    <div class="columns-2">
      <div class="stack wide">
        <Strings />
        <Waiting />
      </div>
      {client !== undefined && <Guide client={client} />}
    </div>
  );
};

const Strings = () => {
  const { client } = useApp();
  const [texts, setTexts] = useState<readonly (readonly [policy: string, text: string])[]>([]);
  useEffect(() => {
    const load = async (policy: string) => {
      const { connectionString } = await client.get<{ connectionString: string }>(
        `/connection-string?policy=${policy}`,
      );
      return [policy, connectionString] as const;
    };
    Promise.all(POLICIES.map(load)).then(setTexts, () => {});
  }, []);
  return (
    <Card title="Service connection strings" aside="by shared access policy">
      <div class="stack">
        {texts.map(([policy, text]) => (
          <div key={policy} class="field">
            <span class="label">{policy}</span>
            <CopyLine label={`the string of ${policy}`} text={text} shown={maskKeys(text)} />
          </div>
        ))}
        <p class="faint small">Each device has its own string under Identity.</p>
      </div>
    </Card>
  );
};

const Guide = ({ client }: { client: ClientGuide }) => {
  const app = useApp();
  return (
    <Card title="First program">
      <div class="stack">
        <nav class="row" aria-label="SDK or tool">
          {CLIENTS.map(({ id, title }) => (
            <a
              key={id}
              class={id === client.id ? 'pill accent' : 'pill'}
              aria-current={id === client.id ? 'true' : undefined}
              href={linkTo(app, ['connect', 'programs'], { client: id })}
            >
              {title}
            </a>
          ))}
        </nav>
        {client.install !== undefined && <Labelled title="Install" text={client.install} />}
        <Labelled title="Trust the hub’s certificate" text={client.trust} />
        <div class="field">
          <span class="label row">
            Then <CopyButton text={client.program} label="the program" />
          </span>
          <Block label="Program" value={client.program} isCode />
        </div>
        {client.note !== undefined && <p class="muted">{client.note}</p>}
      </div>
    </Card>
  );
};

const Labelled = ({ title, text }: { title: string; text: string }) => (
  <div class="field">
    <span class="label">{title}</span>
    <CopyLine label={title} text={text} />
  </div>
);
