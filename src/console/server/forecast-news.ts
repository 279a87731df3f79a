import type { Forecast } from '../api/endpoints.ts';

type Window = Forecast['windows'][number];
type Update = Window['updates'][number];

/** A window with what it is the first to install, and what it takes up again should an earlier one not have finished it. */
export type NewsOfWindow = Omit<Window, 'updates'> & {
  readonly news: readonly Update[];
  readonly again: readonly Update[];
};

/** Tells apart what is new in each window: the forecast lists an update in every window that may install it. */
export function newsOf(windows: readonly Window[]): NewsOfWindow[] {
  const seen = new Set<string>();
  return windows.map(({ updates, ...window }) => {
    const again = updates.filter(({ updateId }) => seen.has(updateId));
    const news = updates.filter(({ updateId }) => !seen.has(updateId));
    for (const { updateId } of news) seen.add(updateId);
    return { ...window, news, again };
  });
}
