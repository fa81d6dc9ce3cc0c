import { useSignal } from '@preact/signals';
import { createClient, messageOf } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { Problem } from '../parts/text.tsx';

/** Asks for the token of an emulator that is open to other machines; the answer is a cookie for this session. */
export const TokenForm = () => {
  const token = useSignal('');
  const problem = useSignal('');
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await createClient('').send('/session', { method: 'POST', body: { token: token.value } });
      window.location.reload();
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <main class="main">
      <form class="stack token" onSubmit={enter}>
        <h1>This emulator asks for a token</h1>
        <p class="muted">It was started with --admin-token, since other machines can reach it.</p>
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            autoComplete="current-password"
            value={token}
            onInput={(e) => (token.value = e.currentTarget.value)}
          />
        </label>
        {problem.value !== '' && <Problem>{problem.value}</Problem>}
        <Button kind="primary" submit>
          Open
        </Button>
      </form>
    </main>
  );
};
