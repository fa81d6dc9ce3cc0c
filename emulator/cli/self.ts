/** How this program was called, for commands that a person copies. */
export const self = (environment: Readonly<Record<string, string | undefined>>): string => {
  const { npm_lifecycle_event: event, npm_package_name: name } = environment;
  if (event === 'npx') return 'npx iothub-emulator';
  return event === 'emulator' && name === 'iothub-emulator' ? 'npm run -s emulator --' : 'iothub-emulator';
};
