import { useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import type { TrafficDetail, TrafficEntry } from '../../api/types.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { AreaField } from '../../parts/fields.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { prettyJson } from '../../text/bytes.ts';

/** The same request again, with another body if wanted; the hub makes it as the one who asked. */
export const ReplayDialog = ({ detail, close }: { detail: TrafficDetail; close: () => void }) => {
  const { client, navigation } = useApp();
  const body = useSignal(prettyJson(detail.request.body ?? ''));
  const problem = useSignal('');
  const submit = async () => {
    try {
      const path = `/traffic/${detail.id}/replay`;
      const made = await client.send<TrafficEntry>(path, { method: 'POST', body: { body: body.value } });
      close();
      navigation.setQuery({ entry: String(made.id) }, 'push');
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <Dialog title={`Replay ${detail.asked}`} action="Send" close={close} submit={submit}>
      <AreaField label="Body" value={body} rows={10} />
      {problem.value !== '' && <Problem>{problem.value}</Problem>}
    </Dialog>
  );
};
