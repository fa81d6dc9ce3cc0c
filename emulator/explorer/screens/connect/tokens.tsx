import { useSignal } from '@preact/signals';
import { parseConnectionString } from '../../../../protocol/connection-string.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { AreaField, NumberField } from '../../parts/fields.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { type DecodedSas, decodeSas, isSignedBy, signSas } from '../../text/sas.ts';
import { ago, exact } from '../../text/time.ts';

/** Takes tokens apart and makes them; nothing leaves this page. */
export const Tokens = () => (
  <div class="columns-2">
    <Decoder />
    <Maker />
  </div>
);

const Decoder = () => {
  const token = useSignal('');
  const key = useSignal('');
  const verdict = useSignal('');
  const decoded = token.value.trim() === '' ? undefined : decodeSas(token.value);
  const check = async () => {
    verdict.value = await isSignedBy(token.value.trim(), key.value.trim()).then(
      (isRight) =>
        isRight ? 'This key made the signature.' : 'Another key made the signature, or the token was changed.',
      messageOf,
    );
  };
  return (
    <Card title="Decode a token">
      <div class="stack">
        <AreaField label="Token" value={token} rows={4} placeholder="SharedAccessSignature sr=…&sig=…&se=…" />
        {decoded !== undefined &&
          ('problem' in decoded ? <Problem>{decoded.problem}</Problem> : <Decoded sas={decoded} />)}
        {decoded !== undefined && !('problem' in decoded) && (
          <div class="row">
            <input
              class="input mono grow"
              aria-label="Key to check the signature with, base64"
              placeholder="key, base64"
              value={key}
              onInput={(e) => (key.value = e.currentTarget.value)}
            />
            <Button run={check}>Check the signature</Button>
            <span role="status">{verdict.value}</span>
          </div>
        )}
      </div>
    </Card>
  );
};

const Decoded = ({ sas: { resource, policy, expiresAt, remarks } }: { sas: DecodedSas }) => {
  const isExpired = expiresAt < Date.now();
  return (
    <div class="stack">
      <dl class="facts">
        <dt>Good for</dt>
        <dd>
          <Code value={resource} />
        </dd>
        <dt>Signed by</dt>
        <dd>
          {policy === undefined ? (
            'a key of the device itself'
          ) : (
            <>
              policy <Code value={policy} />
            </>
          )}
        </dd>
        <dt>Expires</dt>
        <dd class={isExpired ? 'bad' : undefined}>
          {exact(expiresAt)}, {isExpired ? `${ago(expiresAt, Date.now())} ago: expired` : ago(expiresAt, Date.now())}
        </dd>
      </dl>
      {remarks.map((remark) => (
        <p key={remark} class="warn">
          <Text value={remark} />
        </p>
      ))}
    </div>
  );
};

const Maker = () => {
  const text = useSignal('');
  const minutes = useSignal(60);
  const token = useSignal('');
  const problem = useSignal('');
  const make = async () => {
    try {
      token.value = await tokenFor(text.value, minutes.value);
      problem.value = '';
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <Card title="Make a token">
      <div class="stack">
        <AreaField label="Connection string of a policy, a device or a module" value={text} rows={4} />
        <div class="row">
          <NumberField label="Valid for, minutes" value={minutes} min={1} inline />
          <Button kind="primary" run={make}>
            Make a token
          </Button>
        </div>
        {problem.value !== '' && <Problem>{problem.value}</Problem>}
        {token.value !== '' && <CopyLine label="the token" text={token.value} />}
      </div>
    </Card>
  );
};

/** Throws an Error for a string without a key. */
const tokenFor = (text: string, minutes: number): Promise<string> => {
  const { HostName, DeviceId, ModuleId, SharedAccessKey, SharedAccessKeyName } = parseConnectionString(text.trim());
  if (SharedAccessKey === undefined) throw new Error('This connection string holds no SharedAccessKey.');
  const host = HostName.replace(/:\d+$/, '');
  const device =
    DeviceId === undefined ? '' : `/devices/${DeviceId}${ModuleId === undefined ? '' : `/modules/${ModuleId}`}`;
  return signSas({
    resource: host + device,
    key: SharedAccessKey,
    expiry: Math.ceil(Date.now() / 1000) + Math.round(minutes * 60),
    ...(SharedAccessKeyName === undefined ? {} : { policy: SharedAccessKeyName }),
  });
};
