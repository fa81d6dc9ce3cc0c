import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isBad } from '../../../../protocol/traffic-search.ts';
import { messageOf } from '../../api/client.ts';
import type { Side, TrafficDetail } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { copyText } from '../../parts/copy.tsx';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { prettyJson } from '../../text/bytes.ts';
import { visibleLines } from '../../text/visible.ts';
import { ReplayDialog } from './replay.tsx';
import { SNIPPETS } from './snippets.ts';

/** Both sides of one request, and the same request as a line for other tools. */
export const TrafficDetailCard = ({ id, close }: { id: number; close: () => void }) => {
  const { client } = useApp();
  const detail = useSignal<TrafficDetail | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  useEffect(() => {
    client.get<TrafficDetail>(`/traffic/${id}`).then(
      (found) => (detail.value = found),
      (caught) => (error.value = caught),
    );
  }, [id]);
  if (error.value !== undefined) return <Problem>{messageOf(error.value)}</Problem>;
  return detail.value === undefined ? null : <Detail detail={detail.value} close={close} />;
};

const Detail = ({ detail, close }: { detail: TrafficDetail; close: () => void }) => (
  <Card
    title={
      <>
        <Code value={detail.asked} most={120} /> <Pill tone={isBad(detail) ? 'bad' : 'good'}>{detail.answered}</Pill>
      </>
    }
    aside={<Tools detail={detail} close={close} />}
  >
    <div class="stack">
      {detail.why !== undefined && (
        <p>
          <Text value={detail.why} most={600} />
          {detail.remedy !== undefined && (
            <strong>
              {' '}
              <Text value={detail.remedy} most={600} />
            </strong>
          )}
          {detail.ms !== undefined && <span class="faint"> · {detail.ms} ms</span>}
        </p>
      )}
      <div class="columns-2">
        <SideView title="asked" side={detail.request} />
        <SideView title="answered" side={detail.answer} />
      </div>
    </div>
  </Card>
);

const Tools = ({ detail, close }: { detail: TrafficDetail; close: () => void }) => {
  const { notices, offers } = useApp();
  const isReplaying = useSignal(false);
  return (
    <span class="row">
      {SNIPPETS.filter(({ suits }) => suits(detail)).map(({ title, write }) => (
        <Button key={title} run={() => notices.run(() => copyText(write(detail)), `Copied for ${title}.`)}>
          {title}
        </Button>
      ))}
      {offers('POST /traffic/:id/replay') && <Button run={() => (isReplaying.value = true)}>Edit & replay</Button>}
      <Button kind="plain" run={close}>
        Close
      </Button>
      {isReplaying.value && <ReplayDialog detail={detail} close={() => (isReplaying.value = false)} />}
    </span>
  );
};

const SideView = ({ title, side: { line, fields, body } }: { title: string; side: Side }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
  <section class="side-view mono" tabIndex={0} aria-label={`What was ${title}`}>
    <div class="wrap">
      <Text value={line} most={2000} />
    </div>
    {fields.map(([name, value]) => (
      <div key={name} class="wrap">
        <span class="field-name">
          <Text value={name} />
        </span>
        : <Text value={value} most={2000} />
      </div>
    ))}
    {body !== undefined && <pre class="wrap">{visibleLines(prettyJson(body))}</pre>}
  </section>
);
