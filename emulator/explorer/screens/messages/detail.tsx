import { useSignal } from '@preact/signals';
import type { MessageEntry } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, FilterPill } from '../../parts/card.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { Block, Text } from '../../parts/text.tsx';
import { hexDump, prettyJson, toBytes } from '../../text/bytes.ts';
import { decodeCbor } from '../../text/cbor.ts';
import { exact } from '../../text/time.ts';

type Form = 'json' | 'text' | 'hex' | 'cbor';

const FORMS: readonly Form[] = ['json', 'text', 'hex', 'cbor'];

/** One message in full: body in several forms, properties, and where it went. */
export const MessageDetail = ({ message, close }: { message: MessageEntry; close: () => void }) => {
  const form = useSignal<Form>(typeof message.body === 'string' ? 'json' : 'hex');
  const text = bodyAs(form.value, message);
  return (
    <Card
      title={
        <>
          <Text value={message.device} /> · {exact(message.at)}
        </>
      }
      aside={
        <span class="row">
          {FORMS.map((name) => (
            <FilterPill key={name} on={form.value === name} run={() => (form.value = name)}>
              {name}
            </FilterPill>
          ))}
          <CopyButton text={text} label="the body" />
          <Button kind="plain" run={close}>
            Close
          </Button>
        </span>
      }
    >
      <div class="columns-2">
        <Block label="Body" value={text} />
        <div class="stack">
          <Went message={message} />
          <Properties title="Application properties" texts={message.application} />
          <Properties title="System properties" texts={message.system} />
        </div>
      </div>
    </Card>
  );
};

const bodyAs = (form: Form, { body }: MessageEntry): string => {
  switch (form) {
    case 'json':
      return prettyJson(typeof body === 'string' ? body : new TextDecoder().decode(toBytes(body)));
    case 'text':
      return typeof body === 'string' ? body : new TextDecoder().decode(toBytes(body));
    case 'hex':
      return hexDump(toBytes(body));
    case 'cbor':
      return cborText(toBytes(body));
    default:
      return form satisfies never;
  }
};

const cborText = (bytes: Uint8Array): string => {
  try {
    return JSON.stringify(decodeCbor(bytes), null, 2);
  } catch (error) {
    return `This body is not CBOR: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const Went = ({ message: { routes, partition, offset } }: { message: MessageEntry }) => {
  if (routes === undefined) return null;
  if (routes.length === 0)
    return <p class="bad">No route matched and the fallback route is off: the message was dropped.</p>;
  const isAway = !routes.some(({ endpoint }) => endpoint === 'events');
  return (
    <p>
      {routes.map(({ endpoint, route }) => `to ${endpoint} by ${route}`).join(', ')}
      {partition !== undefined && `, partition ${partition}, offset ${offset?.toLocaleString('en')}`}
      {isAway && <span class="warn"> — routed away from events: readers of the built-in endpoint do not see it</span>}
    </p>
  );
};

const Properties = ({ title, texts }: { title: string; texts: Readonly<Record<string, string>> }) => {
  const entries = Object.entries(texts);
  return (
    <div class="stack">
      <h3>{title}</h3>
      {entries.length === 0 ? (
        <p class="faint">none</p>
      ) : (
        <dl class="facts">
          {entries.map(([name, text]) => (
            <Property key={name} name={name} text={text} />
          ))}
        </dl>
      )}
    </div>
  );
};

const Property = ({ name, text }: { name: string; text: string }) => (
  <>
    <dt>
      <code>
        <Text value={name} />
      </code>
    </dt>
    <dd>
      <code>
        <Text value={text} />
      </code>
    </dd>
  </>
);
