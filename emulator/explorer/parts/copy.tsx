import { useSignal } from '@preact/signals';
import { visible } from '../text/visible.ts';

const SHOWN_MS = 1500;

/** Copies a text; says so for a moment. */
export const CopyButton = ({ text, children = 'copy', label }: CopyProps) => {
  const isCopied = useSignal(false);
  const copy = async () => {
    await copyText(typeof text === 'string' ? text : await text());
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, SHOWN_MS);
  };
  return (
    <button
      type="button"
      class="button link small"
      onClick={copy}
      aria-label={label === undefined || isCopied.value ? undefined : `${children} ${label}`}
    >
      {isCopied.value ? 'copied' : children}
    </button>
  );
};

interface CopyProps {
  readonly text: string | (() => Promise<string>);
  readonly children?: string;
  /** What is copied, for those who do not see it. */
  readonly label?: string;
}

/** A line of text with a button that copies it; `shown` is what stands there if it is not the text itself. */
export const CopyLine = ({ text, shown = text, label }: { text: string; shown?: string; label: string }) => (
  <div class="copy-line">
    <code class="cut" title={visible(shown)}>
      {visible(shown)}
    </code>
    <CopyButton text={text} label={label} />
  </div>
);

/** Pages on plain HTTP under another name than localhost have no clipboard API. */
export const copyText = async (text: string): Promise<void> => {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
};
