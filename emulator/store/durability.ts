/** `sync`: what is acknowledged survives a loss of power. `fast`: nothing waits, and the last moments may be lost. */
export type Durability = 'sync' | 'fast';
