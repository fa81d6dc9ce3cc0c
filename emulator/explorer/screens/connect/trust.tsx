import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { Runtime } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';

const LINES: readonly (readonly [title: string, line: string])[] = [
  ['Node, Python, az and curl, in one shell', 'eval "$(npx iothub-emulator env)"'],
  ['The system: .NET, curl, Azure IoT Explorer', 'npx iothub-emulator trust --store os'],
  ['Java', 'npx iothub-emulator trust --store java'],
  ['Chromium', 'npx iothub-emulator trust --store nss'],
  ['Which programs of this machine trust it, and what is wrong', 'npx iothub-emulator doctor'],
  ['Take everything back', 'npx iothub-emulator untrust'],
];

/** The hub's certificate is of a CA made on this machine: programs must be told to trust it. */
export const Trust = () => {
  const app = useApp();
  return (
    <div class="columns-2">
      <Card title="Trust the certificate" aside={<a href={`${app.client.base}/ca.pem`}>ca.pem</a>}>
        <div class="stack">
          {LINES.map(([title, line]) => (
            <div key={title} class="field">
              <span class="label">{title}</span>
              <CopyLine label={title} text={line} />
            </div>
          ))}
        </div>
      </Card>
      {app.offers('GET /runtimes') && <Runtimes />}
    </div>
  );
};

const Runtimes = () => {
  const { client } = useApp();
  const runtimes = useMemo(() => createResource(() => client.get<readonly Runtime[]>('/runtimes')), []);
  useEffect(() => void runtimes.reload(), []);
  return (
    <Card title="Programs of this machine" flush>
      {runtimes.error.value !== undefined && <Problem>{messageOf(runtimes.error.value)}</Problem>}
      <ul class="rules">
        {runtimes.value.value?.map(({ name, version, trusts, remedy }) => (
          <li key={name}>
            <span class={trusts ? 'good' : 'bad'}>{trusts ? '✓ trusts it' : '× does not'}</span>
            <span class="grow stack">
              {name} {version}
              {remedy !== undefined && <CopyLine label={`the line for ${name}`} text={remedy} />}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};
