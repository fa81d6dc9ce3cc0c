import type { ComponentChildren } from 'preact';
import type { Part } from '../text/sentences.ts';
import { shorten, visible, visibleLines } from '../text/visible.ts';

const MOST = 300;

/** Text of a hub or a device: hidden characters become visible, its direction stays inside, long ones are cut. */
export const Text = ({ value, most = MOST }: { value: string; most?: number }) => (
  <bdi>{shorten(visible(value), most)}</bdi>
);

/** As `Text`, in the type of code. */
export const Code = ({ value, most = MOST }: { value: string; most?: number }) => (
  <code>
    <Text value={value} most={most} />
  </code>
);

/** A block of text with line breaks. */
export const Block = ({ value, label, isCode }: { value: string; label: string; isCode?: boolean }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
  <section class="block" tabIndex={0} aria-label={label}>
    <pre class={isCode ? '' : 'wrap'}>
      <bdi>{shorten(visibleLines(value), 200_000)}</bdi>
    </pre>
  </section>
);

export const Sentence = ({ parts }: { parts: readonly Part[] }) => <>{parts.map(spoken)}</>;

const spoken = (part: Part, index: number) => {
  if (typeof part === 'string') return <Text key={index} value={part} />;
  if ('code' in part) return <Code key={index} value={part.code} />;
  return (
    <span key={index} class="bad">
      <Text value={part.bad} />
    </span>
  );
};

export const Problem = ({ children }: { children: ComponentChildren }) => (
  <div class="problem" role="alert">
    {children}
  </div>
);
