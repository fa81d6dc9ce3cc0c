import type { Signal } from '@preact/signals';
import { Fragment } from 'preact';
import { Button } from '../parts/button.tsx';
import { Text } from '../parts/text.tsx';
import { linkTo, useApp } from '../state/app.ts';
import { type Mark, marksOf } from '../state/marks.ts';
import { crumbsOf } from './crumbs.ts';
import { HubSwitch } from './hub-switch.tsx';
import type { Overlay } from './overlay.ts';

interface BarProps {
  readonly overlay: Signal<Overlay>;
  readonly isSideOpen: Signal<boolean>;
}

/** Where one is, and what makes this hub unlike Azure right now. */
export const Bar = ({ overlay, isSideOpen }: BarProps) => {
  const app = useApp();
  const openCommands = () => {
    overlay.value = 'commands';
  };
  return (
    <header class="bar">
      <span class="open-side">
        <Button kind="plain" title="Places" run={() => (isSideOpen.value = !isSideOpen.value)}>
          ☰
        </Button>
      </span>
      <a class="product" href={linkTo(app, ['overview'])}>
        iothub-emulator
      </a>
      <HubSwitch />
      <Where />
      <MarkList />
      <button type="button" class="go" onClick={openCommands} aria-keyshortcuts="Control+K Meta+K">
        <span class="out-of-sight">Go to:</span>
        <span class="wide-only">Device, place or action</span>
        <span class="narrow-only">Go to…</span>
        <kbd>{isMac() ? '⌘' : 'Ctrl '}K</kbd>
      </button>
    </header>
  );
};

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

const Where = () => {
  const app = useApp();
  const crumbs = crumbsOf(app.navigation.location.value.path);
  return (
    <nav class="where" aria-label="Where you are">
      {crumbs.map(({ title, path }, index) => (
        <Fragment key={path.join('/')}>
          {index > 0 && <span aria-hidden="true">/</span>}
          {index === Math.min(1, crumbs.length - 1) ? (
            <strong>
              <Text value={title} />
            </strong>
          ) : (
            <a href={linkTo(app, path)}>
              <Text value={title} />
            </a>
          )}
        </Fragment>
      ))}
    </nav>
  );
};

const MarkList = () => {
  const app = useApp();
  const marks = marksOf(app.marks, app.info.value, app.now.value);
  return (
    <div class="marks">
      {marks.map((mark) => (
        <MarkPill key={mark.id} mark={mark} />
      ))}
    </div>
  );
};

const ICONS: Readonly<Record<string, string>> = {
  clock: '◷',
  faults: '⚡',
  index: '⏳',
  auth: '⚠',
  recording: '●',
  'read-only': '⚠',
};

const MarkPill = ({ mark: { id, text, more, tone, path } }: { mark: Mark }) => (
  <a class={`pill ${tone}`} href={linkTo(useApp(), path)} data-mark={id}>
    <span aria-hidden="true">{ICONS[id]}</span>
    {text}
    {more !== undefined && <span class="long">· {more}</span>}
  </a>
);
