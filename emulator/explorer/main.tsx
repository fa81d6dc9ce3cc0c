import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/frame.css';
import './style/screens.css';
import './style/lists.css';
import { render, type VNode } from 'preact';
import { Page } from './boot/page.tsx';
import { startApp } from './boot/start.ts';

const root = document.getElementById('page');
if (root !== null) {
  // until then the empty frame of the document is shown
  const show = (page: VNode) => {
    root.replaceChildren();
    render(page, root);
  };
  startApp().then(
    (app) => show(<Page state="ready" app={app} />),
    (error: unknown) => show(<Page state="failed" error={error} />),
  );
}
