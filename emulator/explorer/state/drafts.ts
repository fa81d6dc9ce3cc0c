/** Texts that were typed and not sent yet: they outlive the page. */
export interface Drafts {
  read(name: string): string | undefined;
  /** An empty text is forgotten. */
  write(name: string, text: string): void;
}

/** What the drafts need of `localStorage`. */
export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const createDrafts = (storage: Storage, hub: string): Drafts => {
  const key = (name: string): string => `iothub-emulator/${hub}/${name}`;
  return {
    read: (name) => attempt(() => storage.getItem(key(name))) ?? undefined,
    write: (name, text) =>
      attempt(() => (text === '' ? storage.removeItem(key(name)) : storage.setItem(key(name), text))),
  };
};

/** Typing must work even if the storage is full or forbidden. */
const attempt = <T>(run: () => T): T | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};
