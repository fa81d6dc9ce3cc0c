import { Button } from '../../parts/button.tsx';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { Code } from '../../parts/text.tsx';
import { valueText } from '../../text/sentences.ts';
import { duration, exact, timeOfDay } from '../../text/time.ts';
import { type Call, explain } from './methods-data.ts';

const MOST = 50;

/** Method calls of all services, newest first, with their outcome. */
export const CallList = ({ calls, again }: { calls: readonly Call[]; again: (call: Call) => void }) => (
  <Card title="Calls" aside="of all services, newest first" flush>
    {calls.length === 0 && (
      <Empty title="No call yet.">Calls of services appear here too, with what the device answered.</Empty>
    )}
    <ol class="versions">
      {calls.slice(0, MOST).map((call) => (
        <CallLine key={call.requestId} call={call} again={() => again(call)} />
      ))}
    </ol>
  </Card>
);

const CallLine = ({ call, again }: { call: Call; again: () => void }) => (
  <li>
    <Outcome call={call} />
    <div class="grow">
      <Code value={call.methodName} /> <Code value={valueText(call.payload, 80)} />
      {call.answer !== undefined && (
        <div class="muted">
          → <Code value={valueText(call.answer, 200)} />
        </div>
      )}
      {call.code !== undefined && <div class="bad">{explain(call.code, true)}</div>}
      <div class="faint small" title={exact(call.at)}>
        {timeOfDay(call.at)}
        {call.ms !== undefined && ` · in ${duration(call.ms)}`}
      </div>
    </div>
    <Button run={again}>Use again</Button>
  </li>
);

const Outcome = ({ call: { outcome, status } }: { call: Call }) => {
  if (outcome === 'waiting') return <Pill>waiting</Pill>;
  return outcome === 'answered' ? <Pill tone="good">{status}</Pill> : <Pill tone="bad">failed</Pill>;
};
