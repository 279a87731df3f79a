import type * as contract from '#contract/endpoints/catalogue.ts';
import { changeFacts } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { importDocuments as take } from '#server/sources/import.ts';

export const importDocuments: Handler<typeof contract.importDocuments> = async (deps, { body }, { name: who, at }) => {
  const { source, documents, fileUrls } = body;
  const summary = await take(deps.pool, { source, at, documents, fileUrls });
  const { imported, unchanged, skipped, urls } = summary;
  if (imported > 0 || urls > 0) {
    await changeFacts(deps, async () => ({
      outcome: undefined,
      noted: [
        {
          at,
          who,
          what: 'catalogue.imported',
          subject: { source },
          facts: { imported, unchanged, skipped: skipped.length, urls },
        },
      ],
    }));
  }
  return { ...summary, skipped: [...skipped] };
};
