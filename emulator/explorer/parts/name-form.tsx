import { useSignal } from '@preact/signals';
import { Button } from './button.tsx';

interface NameFormProps {
  /** For readers of screens. */
  readonly label: string;
  readonly action: string;
  readonly maxLength: number;
  readonly primary?: boolean;
  /** Gets the name, undefined if none was given. Resolves to true if it is done: the field is empty then. */
  readonly submit: (name: string | undefined) => Promise<boolean>;
}

/** One line with a field for a name that may be left out, and the button that makes what is named. */
export const NameForm = ({ label, action, maxLength, primary = false, submit }: NameFormProps) => {
  const name = useSignal('');
  const run = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await submit(name.value.trim() || undefined)) name.value = '';
  };
  return (
    <form class="row" onSubmit={run}>
      <input
        class="input name"
        aria-label={label}
        placeholder="name (optional)"
        maxLength={maxLength}
        value={name}
        onInput={(event) => (name.value = event.currentTarget.value)}
      />
      <Button submit {...(primary ? { kind: 'primary' } : {})}>
        {action}
      </Button>
    </form>
  );
};
