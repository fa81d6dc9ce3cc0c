import type { Navigation } from '../url/location.ts';

/** Links to views of this hub change the page in place; all others, and those opened elsewhere, are the browser's. */
export const followLinks = ({ go, location }: Navigation): void => {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const href = link?.getAttribute('href');
    if (!href?.startsWith(`/hub/${encodeURIComponent(location.value.hub)}/`) || link?.target) return;
    event.preventDefault();
    go(href);
  });
};
