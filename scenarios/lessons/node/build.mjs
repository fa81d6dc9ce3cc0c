import { spawnSync } from 'node:child_process';
import iothub from 'azure-iothub';

// a hub for the test alone
const { status } = spawnSync('iothub-emulator exec --device myDevice -- node --test hub-test.mjs', {
  shell: true,
  stdio: 'inherit',
});
const result = status === 0 ? 'passed' : 'failed';
console.log('the test has', result);
// the hub of this class is another one
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
await registry.updateTwin('myDevice', { tags: { build: result } }, '*');
