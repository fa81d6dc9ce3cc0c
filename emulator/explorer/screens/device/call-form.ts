import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useApp } from '../../state/app.ts';

/** What is typed for a call. */
export interface CallForm {
  readonly name: Signal<string>;
  readonly payload: Signal<string>;
}

/** Begins with what was typed here before. */
export const useCallForm = (key: string): CallForm => {
  const { drafts } = useApp();
  const form = {
    name: useSignal(drafts.read(`method/${key}`) ?? ''),
    payload: useSignal(drafts.read(`payload/${key}`) ?? '{}'),
  };
  useSignalEffect(() => {
    drafts.write(`method/${key}`, form.name.value);
    drafts.write(`payload/${key}`, form.payload.value);
  });
  return form;
};
