import type { Signal } from '@preact/signals';
import { tinykeys } from 'tinykeys';
import { editOnScreen, moveInList, openInList, pauseScreen } from '../parts/screen-keys.ts';
import { type App, linkTo } from '../state/app.ts';
import type { Overlay } from './overlay.ts';
import { placesOf } from './places.ts';

/** Listens to the keys that work on every screen. Returns the way to stop. */
export const listenToShortcuts = (app: App, overlay: Signal<Overlay>): (() => void) => {
  const unlessTyping = (run: () => void) => (event: KeyboardEvent) => {
    if (isTyping(event.target) || overlay.value !== undefined || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    run();
  };
  const goes = placesOf(app).map(({ id, key }) => [
    `g ${key}`,
    unlessTyping(() => app.navigation.go(linkTo(app, [id]))),
  ]);
  const openCommands = (event: KeyboardEvent) => {
    event.preventDefault();
    overlay.value = 'commands';
  };
  return tinykeys(window, {
    ...Object.fromEntries(goes),
    '$mod+k': openCommands,
    '/': unlessTyping(focusFilter),
    '?': unlessTyping(() => (overlay.value = 'help')),
    'Shift+?': unlessTyping(() => (overlay.value = 'help')),
    j: unlessTyping(() => moveInList(1)),
    k: unlessTyping(() => moveInList(-1)),
    p: unlessTyping(pauseScreen),
    e: unlessTyping(editOnScreen),
    Enter: (event) => {
      // buttons and links have a use for this key of their own
      if (event.target === document.body || event.target === document.getElementById('main')) openInList();
    },
  });
};

const focusFilter = (): void => document.querySelector<HTMLElement>('[data-filter]')?.focus();

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.shadowRoot !== null || TYPED.has(target.tagName));

const TYPED: ReadonlySet<string> = new Set(['INPUT', 'TEXTAREA', 'SELECT']);
