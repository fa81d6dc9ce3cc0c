import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { IdentityDocument } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { AUTHENTICATION } from '../../text/authentication.ts';
import { maskKeys } from '../../text/mask.ts';
import type { OpenDevice } from './data.ts';
import { regenerated, swapped } from './keys.ts';
import { SasMaker } from './sas-maker.tsx';

/** Keys, strings, status: what the registry knows. */
export const Identity = ({ device }: { device: OpenDevice }) => {
  const identity = device.identity.value.value;
  if (device.identity.error.value !== undefined) return <Problem>{messageOf(device.identity.error.value)}</Problem>;
  if (identity === undefined) return null;
  return (
    <div class="columns-2">
      <Keys device={device} identity={identity} />
      <div class="stack wide">
        <Facts device={device} identity={identity} />
        {identity.authentication.type === 'sas' && <SasMaker deviceKey={device.key} identity={identity} />}
      </div>
    </div>
  );
};

interface IdentityProps {
  readonly device: OpenDevice;
  readonly identity: IdentityDocument;
}

const useConnectionString = (key: string, etag: string): string | undefined => {
  const { client } = useApp();
  const [text, setText] = useState<string | undefined>(undefined);
  const [device = '', module] = key.split('/');
  useEffect(() => {
    const query = `device=${encodeURIComponent(device)}${module === undefined ? '' : `&module=${encodeURIComponent(module)}`}`;
    client.get<{ connectionString: string }>(`/connection-string?${query}`).then(
      ({ connectionString }) => setText(connectionString),
      () => setText(undefined),
    );
  }, [key, etag]);
  return text;
};

const MASK = '•'.repeat(24);

const Keys = ({ device, identity }: IdentityProps) => {
  const { offers } = useApp();
  const isShown = useSignal(false);
  const text = useConnectionString(device.key, identity.etag);
  const { symmetricKey, x509Thumbprint, type } = identity.authentication;
  const toggle = (
    <Button kind="link" run={() => (isShown.value = !isShown.value)}>
      {isShown.value ? 'hide' : 'show'}
    </Button>
  );
  return (
    <Card title="Keys and strings" aside={toggle}>
      <div class="stack lines">
        <Secret title="Connection string" text={text} masked={isShown.value ? undefined : maskKeys(text ?? '')} />
        <Secret title="Primary key" text={symmetricKey.primaryKey} masked={isShown.value ? undefined : MASK} />
        <Secret title="Secondary key" text={symmetricKey.secondaryKey} masked={isShown.value ? undefined : MASK} />
        <Secret title="Primary thumbprint" text={x509Thumbprint.primaryThumbprint} />
        <Secret title="Secondary thumbprint" text={x509Thumbprint.secondaryThumbprint} />
        {type === 'sas' && offers('GET /service/*') && <KeyActions device={device} identity={identity} />}
      </div>
    </Card>
  );
};

const KeyActions = ({ device, identity }: IdentityProps) => {
  const { notices, service } = useApp();
  const put = (changed: IdentityDocument, done: string) =>
    notices.run(() => service.putIdentity(device.key, changed, '*').then(device.identity.reload), done);
  return (
    <div class="row">
      <Button
        run={() =>
          put(regenerated(identity, 'primaryKey'), 'The primary key is new; connections with the old one end.')
        }
      >
        Regenerate primary
      </Button>
      <Button run={() => put(regenerated(identity, 'secondaryKey'), 'The secondary key is new.')}>
        Regenerate secondary
      </Button>
      <Button run={() => put(swapped(identity), 'The keys were swapped.')}>Swap</Button>
    </div>
  );
};

interface SecretProps {
  readonly title: string;
  /** Nothing is shown without it. */
  readonly text: string | null | undefined;
  readonly masked?: string | undefined;
}

const Secret = ({ title, text, masked }: SecretProps) => {
  if (text === null || text === undefined) return null;
  return (
    <div class="field">
      <span class="label">{title}</span>
      <CopyLine label={title.toLowerCase()} text={text} shown={masked ?? text} />
    </div>
  );
};

const Facts = ({ device, identity }: IdentityProps) => {
  const { offers } = useApp();
  const { status, authentication, lastActivityTime, generationId, etag, moduleId } = identity;
  return (
    <Card title="Identity">
      <dl class="facts">
        <dt>Status</dt>
        <dd>{status ?? 'enabled'}</dd>
        <dt>Authentication</dt>
        <dd>{AUTHENTICATION[authentication.type] ?? authentication.type}</dd>
        <dt>Last activity</dt>
        <dd>
          <Ago at={lastActivityTime} />
        </dd>
        <dt>Generation</dt>
        <dd>
          <Code value={generationId ?? '—'} />
        </dd>
        <dt>etag</dt>
        <dd>
          <Code value={etag} />
        </dd>
      </dl>
      {offers('GET /service/*') && (
        <p class="row spaced">
          {moduleId === undefined && <StatusButton device={device} identity={identity} />}
          <DeleteButton device={device} />
        </p>
      )}
    </Card>
  );
};

const StatusButton = ({ device, identity }: IdentityProps) => {
  const { notices, service } = useApp();
  const isEnabled = identity.status !== 'disabled';
  const status = isEnabled ? 'disabled' : 'enabled';
  const put = () => service.putIdentity(device.key, { ...identity, status }, '*').then(device.identity.reload);
  return <Button run={() => notices.run(put, `The device is ${status}.`)}>{isEnabled ? 'Disable' : 'Enable'}</Button>;
};

const DeleteButton = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const isAsking = useSignal(false);
  const remove = async () => {
    const isDone = await app.notices.run(() => app.service.deleteIdentity(device.key), 'Deleted.');
    if (isDone) app.navigation.go(linkTo(app, ['devices']));
  };
  return (
    <>
      <Button kind="danger" run={() => (isAsking.value = true)}>
        Delete…
      </Button>
      {isAsking.value && (
        <Dialog
          title={`Delete ${device.key}?`}
          action="Delete"
          danger
          close={() => (isAsking.value = false)}
          submit={remove}
        >
          <p>Its twin, modules and keys are deleted with it.</p>
        </Dialog>
      )}
    </>
  );
};
