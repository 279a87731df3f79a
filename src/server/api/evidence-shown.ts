import type { EvidenceRow } from '#server/store/evidence.ts';

/** Evidence as answers hold it. */
export function evidenceShown({ kind, ok, at, job, detail, source, who, receivedAt }: EvidenceRow) {
  return { kind, ok, at: at.toString(), job, detail, source, who, receivedAt: receivedAt.toString() };
}
