import { useLayoutEffect, useRef } from 'preact/hooks';

/** What the keys j, k, Enter, p and e do on the screen that is open. */
export interface ScreenKeys {
  move?(step: number): void;
  open?(): void;
  pause?(): void;
  edit?(): void;
}

const stack: ScreenKeys[] = [];

/** The keys of a list or screen, as long as it is there; the latest one wins. */
export const useListKeys = (keys: ScreenKeys): void => {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => {
    const entry: ScreenKeys = {};
    if (keys.move) entry.move = (step) => latest.current.move?.(step);
    if (keys.open) entry.open = () => latest.current.open?.();
    if (keys.pause) entry.pause = () => latest.current.pause?.();
    if (keys.edit) entry.edit = () => latest.current.edit?.();
    stack.push(entry);
    return () => void stack.splice(stack.indexOf(entry), 1);
  }, []);
};

export const moveInList = (step: number): void => stack.findLast(({ move }) => move)?.move?.(step);

export const openInList = (): void => stack.findLast(({ open }) => open)?.open?.();

export const pauseScreen = (): void => stack.findLast(({ pause }) => pause)?.pause?.();

export const editOnScreen = (): void => stack.findLast(({ edit }) => edit)?.edit?.();
