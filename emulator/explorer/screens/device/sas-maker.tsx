import { useSignal } from '@preact/signals';
import type { IdentityDocument } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { NumberField } from '../../parts/fields.tsx';
import { useApp } from '../../state/app.ts';
import { signSas } from '../../text/sas.ts';

/** Makes a token that the device could send. */
export const SasMaker = ({ deviceKey, identity }: { deviceKey: string; identity: IdentityDocument }) => {
  const { info, notices } = useApp();
  const minutes = useSignal(60);
  const token = useSignal('');
  const make = () =>
    notices.run(async () => {
      const [device = '', module] = deviceKey.split('/');
      const resource = `${info.value.hostname}/devices/${device}${module === undefined ? '' : `/modules/${module}`}`;
      // tokens expire by the machine's clock, whatever the hub's clock says
      const expiry = Math.ceil(Date.now() / 1000) + Math.round(minutes.value * 60);
      token.value = await signSas({ resource, key: identity.authentication.symmetricKey.primaryKey ?? '', expiry });
    });
  return (
    <Card title="SAS token">
      <div class="stack">
        <div class="row">
          <NumberField label="Valid for, minutes" value={minutes} min={1} inline />
          <Button run={make}>Make a token</Button>
        </div>
        {token.value !== '' && <CopyLine label="the token" text={token.value} />}
      </div>
    </Card>
  );
};
