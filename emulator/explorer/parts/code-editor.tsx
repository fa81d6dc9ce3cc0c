import { useEffect, useRef, useState } from 'preact/hooks';
import type { CodeEditorProps, EditorView } from './editor-types.ts';
import { useListKeys } from './screen-keys.ts';

/** A plain text field until the editor has been loaded; then an editor with colours, completion and underlined errors. */
export const CodeEditor = (props: CodeEditorProps) => {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [isReady, ready] = useState(false);
  const focus = () => (view.current ?? place.current?.parentElement?.querySelector('textarea'))?.focus();
  useListKeys(props.isEdited ? { edit: focus } : {});
  useEffect(() => {
    let isGone = false;
    void import('./editor.ts').then(({ openEditor }) => {
      if (place.current === null || isGone) return;
      view.current = openEditor(place.current, () => latest.current);
      ready(true);
    });
    const stop = props.text.subscribe((text) => view.current?.set(text));
    return () => {
      isGone = true;
      stop();
      view.current?.destroy();
    };
  }, [props.text]);
  useEffect(() => view.current?.show(props.problem), [props.problem?.problem, props.problem?.position, isReady]);
  return (
    <div class="editor">
      <div ref={place} />
      {!isReady && <PlainText {...props} />}
    </div>
  );
};

const PlainText = ({ label, text, change, submit, placeholder }: CodeEditorProps) => (
  <textarea
    aria-label={label}
    spellcheck={false}
    placeholder={placeholder}
    value={text}
    onInput={(event) => change(event.currentTarget.value)}
    onKeyDown={(event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit?.();
    }}
  />
);
