/** What is open above everything else. */
export type Overlay = 'commands' | 'help' | undefined;
