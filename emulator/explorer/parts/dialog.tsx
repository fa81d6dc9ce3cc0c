import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly close: () => void;
  /** What the button that goes ahead says, and does. */
  readonly action?: string;
  readonly submit?: () => unknown;
  readonly danger?: boolean;
  /** For tables. */
  readonly wide?: boolean;
}

/** Asks something above everything else; Escape closes it. */
export const Dialog = ({ title, children, close, action, submit, danger, wide }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby={id} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit?.();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div class="actions">
          <Button run={close}>{action === undefined ? 'Close' : 'Cancel'}</Button>
          {action !== undefined && (
            <Button kind={danger ? 'danger' : 'primary'} submit>
              {action}
            </Button>
          )}
        </div>
      </form>
    </dialog>
  );
};
