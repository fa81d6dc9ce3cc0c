/** Of each type in 100 ms, as the page asks for: what comes faster cannot be read, and the hub has more to do than to write it. */
export const MOST_EVENTS = 100;
