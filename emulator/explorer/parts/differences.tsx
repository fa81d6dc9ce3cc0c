import { useSignal } from '@preact/signals';
import { messageOf } from '../api/client.ts';
import { type Difference, type Differences, rowsAbout, type Topic } from '../text/differences.ts';
import { Dialog } from './dialog.tsx';
import { Problem } from './text.tsx';

const TITLES: Readonly<Record<Topic, string>> = {
  twins: 'Twins',
  queries: 'Queries',
  jobs: 'Jobs',
  configurations: 'Configurations',
  routing: 'Routing',
  events: 'Messages of devices',
  'cloud-to-device': 'Messages to devices',
  methods: 'Methods',
  files: 'Files',
  identities: 'Identities and keys',
  tiers: 'Tiers, quotas and throttling',
  protocols: 'Protocols',
  everything: 'This emulator',
};

/** A mark beside a feature: it opens what is not as on the service. */
export const DiffersFromAzure = ({ topic }: { topic: Topic }) => {
  const found = useSignal<Differences | undefined>(undefined);
  const isOpen = useSignal(false);
  const error = useSignal<unknown>(undefined);
  const open = () => {
    isOpen.value = true;
    load().then(
      (loaded) => (found.value = loaded),
      (caught: unknown) => (error.value = caught),
    );
  };
  return (
    <>
      <button type="button" class="pill differs" aria-haspopup="dialog" onClick={open}>
        <span aria-hidden="true">≠</span> differs from Azure
      </button>
      {isOpen.value && (
        <Dialog title={`${TITLES[topic]}: differences from Azure`} close={() => (isOpen.value = false)} wide>
          {error.value !== undefined && <Problem>{messageOf(error.value)}</Problem>}
          {found.value !== undefined && <Rows rows={rowsAbout(found.value, topic)} />}
        </Dialog>
      )}
    </>
  );
};

/** Only those who want to know fetch it. */
const load = async (): Promise<Differences> => (await import('virtual:differences')).default;

const Rows = ({ rows }: { rows: readonly Difference[] }) => {
  const known = rows.filter(({ why }) => why !== undefined);
  const guesses = rows.filter(({ why }) => why === undefined);
  return (
    <div class="differences">
      {known.length > 0 && (
        <details open>
          <summary>Differs ({known.length})</summary>
          <ul>
            {known.map(({ text, why = '' }) => (
              <li key={text}>
                <WithCode text={text} />
                <div class="muted">
                  Why: <WithCode text={why} />
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
      {guesses.length > 0 && (
        <details open>
          <summary>Guessed, as no public source says what the service does ({guesses.length})</summary>
          <ul>
            {guesses.map(({ text }) => (
              <li key={text}>
                <WithCode text={text} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
};

/** What is in backticks is code. */
const WithCode = ({ text }: { text: string }) => (
  <>{text.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>
);
