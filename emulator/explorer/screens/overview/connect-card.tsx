import { useEffect, useState } from 'preact/hooks';
import type { Runtime } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { type App, linkTo, useApp } from '../../state/app.ts';
import { maskKeys } from '../../text/mask.ts';

interface Strings {
  readonly service: string | undefined;
  readonly events: string | undefined;
}

/** The strings that every program needs, and whether the programs of this machine trust the certificate. */
export const ConnectCard = () => {
  const app = useApp();
  const [strings, setStrings] = useState<Strings>({ service: undefined, events: undefined });
  useEffect(() => void load(app).then(setStrings, app.notices.fail), []);
  return (
    <Card title="Connect">
      <div class="stack lines">
        {strings.service !== undefined && (
          <CopyLine label="the service connection string" text={strings.service} shown={maskKeys(strings.service)} />
        )}
        {strings.events !== undefined && (
          <CopyLine label="the Event Hubs connection string" text={strings.events} shown={maskKeys(strings.events)} />
        )}
        <CopyLine label="the line for a shell" text={'eval "$(npx iothub-emulator env)"'} />
        <p class="muted">
          Node · Python · Java · .NET · az · Functions: <a href={linkTo(app, ['connect'])}>the lines for each</a>
          {app.offers('GET /runtimes') && <Trust />}
        </p>
      </div>
    </Card>
  );
};

const load = async ({ client }: App): Promise<Strings> => {
  const at = async (query: string) =>
    (await client.get<{ connectionString: string }>(`/connection-string${query}`)).connectionString;
  const [service, events] = await Promise.all([at(''), at('?events=events')]);
  return { service, events };
};

/** Which runtimes of this machine trust the hub's certificate. */
const Trust = () => {
  const app = useApp();
  const [runtimes, setRuntimes] = useState<readonly Runtime[]>([]);
  useEffect(() => void app.client.get<readonly Runtime[]>('/runtimes').then(setRuntimes, () => {}), []);
  if (runtimes.length === 0) return null;
  return (
    <>
      {' '}
      — certificate trusted by{' '}
      {runtimes.map(({ name, trusts }) => (
        <span
          key={name}
          class={trusts ? 'good' : 'bad'}
          title={trusts ? 'trusts the certificate' : 'does not trust the certificate'}
        >
          {name} {trusts ? '✓' : '×'}{' '}
        </span>
      ))}
      {runtimes.some(({ trusts }) => !trusts) && <a href={linkTo(app, ['connect', 'trust'])}>repair</a>}
    </>
  );
};
