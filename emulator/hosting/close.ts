/** Closes something that was opened. */
export type CloseAction = () => Promise<void> | void;

/** Closes in the reverse order of opening. */
export const closeAll = async (opened: CloseAction[]): Promise<void> => {
  for (const close of opened.splice(0).reverse()) await close();
};
