import { useComputed } from '@preact/signals';
import { useApp } from '../../state/app.ts';
import { useCallForm } from './call-form.ts';
import { CallList } from './call-list.tsx';
import type { OpenDevice } from './data.ts';
import { MethodConsole } from './method-console.tsx';
import { type Call, callsOf } from './methods-data.ts';

/** Calls direct methods, and shows the calls of all services. */
export const Methods = ({ device }: { device: OpenDevice }) => {
  const app = useApp();
  const form = useCallForm(device.key);
  const calls = useComputed(() => callsOf(app.recent.events.value, device.key));
  const useAgain = (call: Call) => {
    form.name.value = call.methodName;
    form.payload.value = JSON.stringify(call.payload);
  };
  return (
    <div class="columns-2">
      <MethodConsole device={device} form={form} />
      <CallList calls={calls.value} again={useAgain} />
    </div>
  );
};
