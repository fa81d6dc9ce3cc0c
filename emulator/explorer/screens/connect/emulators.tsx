import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { createClient, messageOf } from '../../api/client.ts';
import type { RunningEmulator } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { exact } from '../../text/time.ts';

/** Every emulator that this user runs on this machine: open its page, or end it. */
export const EmulatorsCard = () => {
  // outside of each fork
  const client = useMemo(() => createClient(''), []);
  const { notices } = useApp();
  const running = useMemo(() => createResource(() => client.get<readonly RunningEmulator[]>('/emulators')), []);
  const chosen = useSignal<RunningEmulator | undefined>(undefined);
  useEffect(() => void running.reload(), []);
  const found = running.value.value;
  const error = running.error.value;
  if (found === undefined && error === undefined) return null;
  const end = async (one: RunningEmulator): Promise<void> => {
    chosen.value = undefined;
    const stopped = client.send(`/emulators/${one.pid}/stop`, { method: 'POST', body: { adminUrl: one.adminUrl } });
    await notices.run(() => stopped, `“${nameOf(one)}”, process ${one.pid}, was stopped.`);
    if (!one.isThis) await running.reload();
  };
  return (
    <Card
      title="Hubs on this machine"
      aside={
        <Button kind="link" run={running.reload}>
          look again
        </Button>
      }
      flush
    >
      {error !== undefined && <Problem>{messageOf(error)}</Problem>}
      {found === undefined ? null : found.length === 0 ? (
        <p class="nothing faint">None that a command has started. A program that starts a hub itself ends it itself.</p>
      ) : (
        <ul class="emulators">
          {found.map((one) => (
            <Row key={one.pid} one={one} stop={() => (chosen.value = one)} />
          ))}
        </ul>
      )}
      {chosen.value !== undefined && (
        <StopDialog one={chosen.value} close={() => (chosen.value = undefined)} stop={end} />
      )}
    </Card>
  );
};

const nameOf = ({ name, adminUrl }: RunningEmulator): string => name ?? adminUrl;

const Row = ({ one, stop }: { one: RunningEmulator; stop: () => void }) => (
  <li>
    <div class="grow">
      <div class="row">
        <a href={one.adminUrl}>
          <Code value={nameOf(one)} />
        </a>
        {one.isThis && <Pill tone="accent">this one</Pill>}
        {one.problem !== undefined && <Pill tone="warn">{one.problem}</Pill>}
      </div>
      <div class="faint small">{factsOf(one).join(' · ')}</div>
      {one.ports !== undefined && (
        <div class="faint small">
          ports{' '}
          {Object.entries(one.ports)
            .map(([name, port]) => `${name} ${port}`)
            .join(' · ')}
        </div>
      )}
    </div>
    {one.canStop && (
      <Button run={stop} title={`Stop ${nameOf(one)}, process ${one.pid}`}>
        Stop…
      </Button>
    )}
  </li>
);

const factsOf = ({ pid, version, startedAt, data }: RunningEmulator): readonly string[] => [
  `process ${pid}`,
  ...(version === undefined ? [] : [`version ${version}`]),
  ...(startedAt === undefined ? [] : [`since ${exact(startedAt)}`]),
  ...(data === undefined ? [] : [data === null ? 'in memory' : `kept in ${data.folder}`]),
];

interface StopDialogProps {
  readonly one: RunningEmulator;
  readonly close: () => void;
  readonly stop: (one: RunningEmulator) => Promise<void>;
}

const StopDialog = ({ one, close, stop }: StopDialogProps) => (
  <Dialog title={`Stop ${nameOf(one)}?`} close={close} action="Stop this hub" submit={() => stop(one)} danger>
    <p>Its devices and service apps are disconnected, and its forks are closed.</p>
    <p>
      <WhatIsLost data={one.data} />
    </p>
    {one.isThis && <p>This page shows that very hub, and will no longer answer.</p>}
  </Dialog>
);

const WhatIsLost = ({ data }: Pick<RunningEmulator, 'data'>) => {
  if (data === undefined) return <>It does not say whether it is kept: what is in memory only is lost.</>;
  if (data === null) return <>It is in memory: its devices, twins and messages are lost.</>;
  return (
    <>
      What it keeps is there again when it is started with <Code value={`--data ${data.folder}`} />.
    </>
  );
};
