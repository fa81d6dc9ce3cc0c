import { type ReadonlySignal, useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import { Code, Problem, Text } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { ChangeLine } from '../device/versions.tsx';
import { type AnyOutcome, outcomeText, overruledTexts } from './outcome-text.ts';

/** Says what saving would do, and does nothing. */
export interface Tried {
  readonly run: () => Promise<void>;
  readonly outcome: ReadonlySignal<AnyOutcome | undefined>;
  readonly problem: ReadonlySignal<string>;
}

/** Undefined if this build has no such operation. `make`: the body that would be saved; it may throw. */
export const useDryRun = (of: 'configuration' | 'job', make: () => object): Tried | undefined => {
  const { client, offers } = useApp();
  const outcome = useSignal<AnyOutcome | undefined>(undefined);
  const problem = useSignal('');
  if (!offers(`POST /dry-run/${of}`)) return undefined;
  return {
    outcome,
    problem,
    async run() {
      try {
        outcome.value = await client.send(`/dry-run/${of}`, { method: 'POST', body: { [of]: make() } });
        problem.value = '';
      } catch (error) {
        outcome.value = undefined;
        problem.value = messageOf(error);
      }
    },
  };
};

/** The twins that would be touched, with what would change. */
export const Outcome = ({ tried: { outcome, problem } }: { tried: Tried }) => {
  const found = outcome.value;
  if (problem.value !== '') return <Problem>{problem.value}</Problem>;
  return (
    <div class="stack" role="status">
      {found !== undefined && (
        <>
          <p>{outcomeText(found)}</p>
          {overruledTexts(found).map((text) => (
            <p key={text}>
              <Text value={text} most={300} />
            </p>
          ))}
          {found.twins.length > 0 && <Twins outcome={found} />}
        </>
      )}
    </div>
  );
};

const Twins = ({ outcome: { twins, changed, failed } }: { outcome: AnyOutcome }) => (
  <table class="table" aria-label="What would change">
    <tbody>
      {twins.map((twin) => (
        <tr key={`${twin.deviceId}/${twin.moduleId ?? ''}`}>
          <td>
            <TwinLink {...twin} />
          </td>
          <td>
            {twin.changes.map((change) => (
              <ChangeLine key={change.path} change={change} />
            ))}
            {twin.creates !== undefined && (
              <div>
                gets the modules <Code value={twin.creates.join(', ')} most={200} />
              </div>
            )}
            {twin.error !== undefined && (
              <div class="bad">
                refuses: <Text value={twin.error.text} />
              </div>
            )}
          </td>
        </tr>
      ))}
    </tbody>
    {changed + failed > twins.length && (
      <tfoot>
        <tr>
          <td colSpan={2} class="faint">
            and {(changed + failed - twins.length).toLocaleString('en')} more
          </td>
        </tr>
      </tfoot>
    )}
  </table>
);

const TwinLink = ({ deviceId, moduleId }: { deviceId: string; moduleId?: string | undefined }) => (
  <a
    href={linkTo(useApp(), moduleId === undefined ? ['devices', deviceId] : ['devices', deviceId, 'modules', moduleId])}
  >
    <Code value={moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`} most={80} />
  </a>
);
