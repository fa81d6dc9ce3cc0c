import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { KnownPath } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { CodeEditor } from '../../parts/code-editor.tsx';
import { copyText } from '../../parts/copy.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Menu } from '../../parts/menu.tsx';
import { useApp } from '../../state/app.ts';
import { DEFAULT_QUERY, QueryBox } from './data.ts';
import { completionsOf, loadPaths } from './paths.ts';
import { PathsCard } from './paths-card.tsx';
import { Result } from './result.tsx';
import { createSaved } from './saved.ts';
import { QUERY_SNIPPETS } from './snippets.ts';

const LIVE = 'GET /live-query';

export const Screen = () => {
  const app = useApp();
  const asked = app.navigation.location.value.query.get('sql');
  const box = useMemo(() => {
    const openSource = (path: string) => new EventSource(`${app.client.base}${path}`);
    return new QueryBox({ ...app, openSource }, asked ?? app.drafts.read('query') ?? DEFAULT_QUERY);
  }, []);
  const paths = useSignal<readonly KnownPath[]>([]);
  useEffect(() => {
    loadPaths(app).then((found) => (paths.value = found), app.notices.fail);
    void box.follow(app.offers(LIVE) && app.navigation.location.peek().query.has('live'));
    return box.close;
  }, []);
  useEffect(() => {
    // back and forth through the history
    if (asked !== undefined && asked !== box.text.peek()) {
      box.text.value = asked;
      void box.run();
    }
  }, [asked]);
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Query</h1>
          <DiffersFromAzure topic="queries" />
        </div>
      </div>
      <Editor box={box} paths={paths.value} />
      <div class="columns-side tall-columns">
        <Result box={box} />
        <PathsCard paths={paths.value} insert={(path) => (box.text.value = inserted(box.text.value, path))} />
      </div>
    </>
  );
};

/** A path that is chosen becomes the end of the condition. */
const inserted = (text: string, path: string): string => {
  const trimmed = text.trimEnd();
  if (/\b(?:where|and|or|not|by|select|,)$/i.test(trimmed)) return `${trimmed} ${path}`;
  return /\bwhere\b/i.test(trimmed) ? `${trimmed}\n  AND ${path}` : `${trimmed}\nWHERE ${path}`;
};

const Editor = ({ box, paths }: { box: QueryBox; paths: readonly KnownPath[] }) => {
  const app = useApp();
  const change = (text: string) => {
    box.text.value = text;
    app.drafts.write('query', text);
  };
  const run = () => {
    app.navigation.setQuery({ sql: box.text.value }, 'push');
    return box.run();
  };
  return (
    <section class="card" aria-label="Query">
      <CodeEditor
        label="Query"
        language="query"
        text={box.text}
        change={change}
        submit={run}
        problem={box.problem.value}
        completions={() => completionsOf(paths)}
      />
      <div class="row editor-tools lined">
        <Button kind="primary" keys="Ctrl ↵" run={run}>
          Run
        </Button>
        {app.offers(LIVE) && (
          <Button
            pressed={box.isLive.value}
            run={() => toggleLive(box, app.navigation)}
            title="Follow the twins as they change"
          >
            Live
          </Button>
        )}
        <Saved box={box} run={run} />
        <Menu
          title="Copy as"
          side="left"
          items={QUERY_SNIPPETS.map(({ title, write }) => ({
            title,
            run: () => app.notices.run(() => copyText(write(box.text.value)), `Copied for ${title}.`),
          }))}
        />
        <span class={`small grow plan ${box.problem.value === undefined ? 'faint' : 'bad'}`} role="status">
          {box.problem.value?.problem ?? box.plan.value}
          {box.problem.value === undefined && box.isLive.value && ' · live: updates as twins change'}
          {box.ended.value !== undefined && ` · live no longer: ${box.ended.value}`}
        </span>
      </div>
    </section>
  );
};

const toggleLive = (box: QueryBox, navigation: ReturnType<typeof useApp>['navigation']): void => {
  void box.follow(!box.isLive.value);
  navigation.setQuery({ live: box.isLive.value ? 'yes' : undefined });
};

const Saved = ({ box, run }: { box: QueryBox; run: () => unknown }) => {
  const app = useApp();
  const saved = useMemo(() => createSaved(app.drafts), []);
  const open = (text: string) => {
    box.text.value = text;
    void run();
  };
  const items = [
    { title: 'Save this query', run: () => saved.add(box.text.value) },
    ...saved.list.value.map((text) => ({
      title: text.length > 70 ? `${text.slice(0, 70)}…` : text,
      run: () => open(text),
    })),
  ];
  return <Menu title="Saved" side="left" items={items} />;
};
