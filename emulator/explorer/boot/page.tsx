import { ApiError, messageOf } from '../api/client.ts';
import { Frame } from '../frame/frame.tsx';
import { NotThere } from '../parts/card.tsx';
import { type App, AppContext } from '../state/app.ts';
import { TokenForm } from './token-form.tsx';

type PageProps = { readonly state: 'failed'; readonly error: unknown } | { readonly state: 'ready'; readonly app: App };

export const Page = (props: PageProps) => {
  if (props.state === 'ready')
    return (
      <AppContext.Provider value={props.app}>
        <Frame />
      </AppContext.Provider>
    );
  if (props.error instanceof ApiError && props.error.status === 401) return <TokenForm />;
  if (props.error instanceof ApiError && props.error.status === 404)
    return (
      <main class="main">
        <NotThere title="The emulator has no such hub.">
          <p>{messageOf(props.error)}</p>
          <p>
            It may have been deleted, or the emulator was started again with another host name. <a href="/">Its hub</a>
          </p>
        </NotThere>
      </main>
    );
  return (
    <main class="main">
      <NotThere title="The emulator does not answer.">
        <p>{messageOf(props.error)}</p>
        <p>
          Is it still running? Start it with <code>npx iothub-emulator start</code>, then{' '}
          <a href={window.location.href}>load this page again</a>.
        </p>
      </NotThere>
    </main>
  );
};
