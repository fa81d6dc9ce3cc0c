import type { Navigation } from '../url/location.ts';

/** Asks before the page goes elsewhere while `unsent` names something that was typed and not sent. Returns the way to stop. */
export const askToLeave = (navigation: Navigation, unsent: () => string | undefined): (() => void) => {
  const stop = navigation.guard(() => {
    const name = unsent();
    // the browser's own dialog: it stops everything, which is what it is for
    return (
      name === undefined ||
      window.confirm(`What you typed for ${name} has not been sent. It is kept as a draft. Leave?`)
    );
  });
  const unload = (event: BeforeUnloadEvent): void => {
    if (unsent() !== undefined) event.preventDefault();
  };
  window.addEventListener('beforeunload', unload);
  return () => {
    stop();
    window.removeEventListener('beforeunload', unload);
  };
};
