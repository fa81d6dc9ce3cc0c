import { Fragment } from 'preact';
import { Dialog } from '../parts/dialog.tsx';
import { useApp } from '../state/app.ts';
import { placesOf } from './places.ts';

const KEYS: readonly (readonly [keys: string, text: string])[] = [
  ['Ctrl K or ⌘ K', 'go to a device, a place or an action'],
  ['/', 'filter or search what is shown'],
  ['j k', 'down and up in a list'],
  ['Enter', 'open the entry'],
  ['p', 'pause or resume what is live'],
  ['e', 'edit the twin'],
  ['Ctrl Enter or ⌘ Enter', 'send or run what is being edited'],
  ['Escape', 'close what is open'],
  ['?', 'this list'],
];

export const Help = ({ close }: { close: () => void }) => (
  <Dialog title="Keys" close={close}>
    <div class="keys">
      {[...KEYS, ...placesOf(useApp()).map(({ key, title }) => [`g ${key}`, title] as const)].map(([keys, text]) => (
        <Fragment key={keys}>
          <span>
            <kbd>{keys}</kbd>
          </span>
          <span>{text}</span>
        </Fragment>
      ))}
    </div>
  </Dialog>
);
