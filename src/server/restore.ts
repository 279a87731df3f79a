import { createReadStream } from 'node:fs';
import type { Settings } from '#contract/settings.ts';
import { type Restored, restore } from '#server/store/backup/restore.ts';
import { openStore } from '#server/store/open.ts';

/** Fills an empty data directory or database from a backup file: all of it or nothing. The service must not be running. */
export async function restoreInto(settings: Settings, file: string): Promise<Restored> {
  const store = await openStore({
    dataDir: settings.dataDir,
    ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
    onConnectionLost: () => undefined,
    onServerLost: () => undefined,
  });
  try {
    return await restore(store.pool, createReadStream(file));
  } finally {
    await store.close();
  }
}
