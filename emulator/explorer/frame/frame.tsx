import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { useApp } from '../state/app.ts';
import { Bar } from './bar.tsx';
import { CommandBox } from './command-box.tsx';
import { Help } from './help.tsx';
import type { Overlay } from './overlay.ts';
import { placesOf } from './places.ts';
import { Screens } from './screens.tsx';
import { listenToShortcuts } from './shortcuts.ts';
import { Side } from './side.tsx';

/** Everything around the screen that is open. */
export const Frame = () => {
  const app = useApp();
  const overlay = useSignal<Overlay>(undefined);
  const isSideOpen = useSignal(false);
  const place = useComputed(() => app.navigation.location.value.path[0] ?? 'overview');
  // before the browser paints: the first key may come at once
  useLayoutEffect(() => listenToShortcuts(app, overlay), []);
  useEffect(() => {
    isSideOpen.value = false;
  }, [place.value]);
  return (
    <div class="frame">
      <Bar overlay={overlay} isSideOpen={isSideOpen} />
      <Side places={placesOf(app)} current={place.value} isOpen={isSideOpen} />
      <main class="main" id="main">
        <Gap />
        <Screens place={place.value} />
      </main>
      {overlay.value === 'commands' && <CommandBox close={() => close(overlay)} />}
      {overlay.value === 'help' && <Help close={() => close(overlay)} />}
      <NoticeList />
    </div>
  );
};

const close = (overlay: { value: Overlay }): void => {
  overlay.value = undefined;
};

/** Says that events were lost, or that nothing arrives at all. */
const Gap = () => {
  const { stream } = useApp();
  const seen = useSignal(0);
  if (stream.state.value === 'lost')
    return (
      <div class="banner" role="status">
        The connection to the emulator is lost; what you see may be old. The page tries again by itself.
      </div>
    );
  const missed = stream.missed.value - seen.value;
  if (missed <= 0) return null;
  return (
    <div class="banner" role="status">
      <span class="grow">
        {missed.toLocaleString('en')} {missed === 1 ? 'event was' : 'events were'} missed. Everything shown was loaded
        again.
      </span>
      <button type="button" class="button plain" onClick={() => (seen.value = stream.missed.value)}>
        Dismiss
      </button>
    </div>
  );
};

const NoticeList = () => {
  const { notices } = useApp();
  return (
    <div class="notices" role="status">
      {notices.shown.value.map(({ id, text, isBad }) => (
        <div key={id} class={isBad ? 'notice bad' : 'notice'}>
          <span class="grow">{text}</span>
          <button type="button" class="button link" aria-label="Dismiss" onClick={() => notices.dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
};
