import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, highlightSpecialChars, keymap, placeholder, EditorView as View } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { CodeEditorProps, EditorProblem, EditorView } from './editor-types.ts';
import { completeQuery, queryLanguage } from './query-language.ts';

/**
 * Opens CodeMirror in a shadow root: there it brings its styles as style sheets that the page's content security policy
 * allows, and not as style elements.
 */
export const openEditor = (place: HTMLElement, props: () => CodeEditorProps): EditorView => {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new View({
    root,
    parent: root,
    state: EditorState.create({ doc: props().text.peek(), extensions: extensions(props) }),
  });
  return {
    set(text) {
      const now = view.state.doc.toString();
      if (text !== now) view.dispatch({ changes: { from: 0, to: now.length, insert: text } });
    },
    show: (problem) => view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state, problem))),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
};

const extensions = (props: () => CodeEditorProps) => {
  const { label, language, placeholder: example = '', completions } = props();
  return [
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => submit(props()) }])),
    history(),
    highlightSpecialChars(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    language === 'json' ? json() : queryLanguage,
    syntaxHighlighting(colours),
    completions === undefined
      ? []
      : autocompletion({ override: [completeQuery(() => props().completions?.() ?? [])], icons: false }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: 'Tab', run: acceptCompletion },
      ...historyKeymap,
      ...defaultKeymap,
      // Escape, then Tab, leaves the editor
      ...(language === 'json' ? [indentWithTab] : []),
    ]),
    placeholder(example),
    View.lineWrapping,
    View.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
    View.updateListener.of(({ docChanged, state }) => {
      if (docChanged) props().change(state.doc.toString());
    }),
    look,
  ];
};

const submit = ({ submit: send }: CodeEditorProps): boolean => {
  void send?.();
  return true;
};

const diagnosticsOf = ({ doc }: EditorState, problem: EditorProblem | undefined): readonly Diagnostic[] => {
  if (problem === undefined || doc.length === 0) return [];
  const at = Math.min(problem.position ?? 0, doc.length - 1);
  const word = /^[\w$.]+/.exec(doc.sliceString(at, at + 80))?.[0].length ?? 1;
  const to = problem.position === undefined ? doc.length : Math.min(doc.length, at + Math.max(1, word));
  return [{ from: at, to, severity: 'error', message: problem.problem }];
};

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.keyword], color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--violet)' },
  { tag: tags.comment, color: 'var(--faint)' },
]);

const look = View.theme({
  '&': { color: 'var(--text)', backgroundColor: 'transparent', fontSize: 'var(--size-mono)' },
  '&.cm-focused': { outline: '1px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', maxHeight: '46vh', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', minHeight: '40px', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 14px' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--card)',
    color: 'var(--text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12.5px', maxHeight: '240px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.8', fontStyle: 'normal' },
  '.cm-specialChar': { color: 'var(--bad)' },
});
