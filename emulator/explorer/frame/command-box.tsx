// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a list box that the text field above controls
// biome-ignore-all lint/a11y/useFocusableInteractive: the text field keeps the focus and names the active option
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the text field hears the keys
import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Text } from '../parts/text.tsx';
import { useApp } from '../state/app.ts';
import { type Command, commandsOf } from './commands.ts';

/** One box for places, devices and actions. */
export const CommandBox = ({ close }: { close: () => void }) => {
  const app = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal('');
  const current = useSignal(0);
  const found = useComputed(() => commandsOf(app, text.value));
  // before the browser paints, so that no letter is lost of someone who types fast
  useLayoutEffect(() => {
    dialog.current?.showModal();
    void app.fleet.load();
  }, []);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    close();
    void command.run();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // who types faster than the devices come means one of them
    if (event.key === 'Enter') void app.fleet.load().then(() => run(found.value[current.value]));
    else if (step !== undefined) current.value = Math.max(0, Math.min(found.value.length - 1, current.value + step));
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="commands" aria-label="Go to a device, page or action" onClose={close}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found.value.length > 0 ? `command-${current.value}` : undefined}
        aria-label="Device, page or action"
        placeholder="Device, page or action"
        autoComplete="off"
        value={text}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          current.value = 0;
        }}
        onKeyDown={press}
      />
      <ul role="listbox" id="commands" aria-label="Found">
        {found.value.map((command, index) => (
          <Row key={command.id} {...{ command, index }} isCurrent={index === current.value} run={() => run(command)} />
        ))}
      </ul>
    </dialog>
  );
};

interface RowProps {
  readonly command: Command;
  readonly index: number;
  readonly isCurrent: boolean;
  readonly run: () => void;
}

const Row = ({ command, index, isCurrent, run }: RowProps) => (
  <li id={`command-${index}`} role="option" aria-selected={isCurrent} onClick={run}>
    <Text value={command.title} />
    <span class="faint small">{command.kind}</span>
  </li>
);
