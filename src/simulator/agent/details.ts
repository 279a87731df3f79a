import type { AgentContext } from './agent-context.ts';
import type { Candidate } from './candidates.ts';
import { converse } from './conversation.ts';
import { WU_E_XML_INVALID } from './hresults.ts';
import { ownText } from './own-text.ts';
import type { CallFailure } from './service-call.ts';

/**
 * Asks for titles, files and their addresses of everything that will be installed, in batches as large as the server allows.
 * What is known already is not asked again. Undefined when all is here.
 */
export async function fetchDetails(
  agent: AgentContext,
  at: Temporal.Instant,
  candidates: readonly Candidate[],
): Promise<CallFailure | undefined> {
  const wanted = new Set(candidates.flatMap(({ update, parts }) => [update, ...parts]).map((part) => part.revisionId));
  const missing = [...wanted].filter((revisionId) => !agent.store.details.has(revisionId));
  const size = agent.store.config?.maxExtendedUpdates ?? missing.length;
  for (let start = 0; start < missing.length; start += size) {
    const failure = await fetchBatch(agent, at, missing.slice(start, start + size));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function fetchBatch(
  agent: AgentContext,
  at: Temporal.Instant,
  revisionIds: readonly number[],
): Promise<CallFailure | undefined> {
  const { store, machine, policy, fragments } = agent;
  const result = await converse<'GetExtendedUpdateInfo'>(agent, at, policy.wuServer, (cookie) => ({
    operation: 'GetExtendedUpdateInfo',
    cookie,
    revisionIds,
    infoTypes: ['Extended', 'LocalizedProperties'],
    locales: [...new Set([machine.locale, 'en'])],
  }));
  if (!result.ok) return result;
  const { updates, fileLocations, outOfScopeRevisionIds } = result.response.extendedUpdateInfo;
  const titles = new Map<number, string>();
  for (const { id, xml } of updates) {
    const title = readTitle(xml);
    if (title !== undefined && !titles.has(id)) titles.set(id, title);
  }
  for (const { id, xml } of updates) {
    if (isLocalized(xml)) continue;
    const extended = fragments.extended(id, xml);
    if (extended === undefined) {
      const message = `GetExtendedUpdateInfo: extended fragment of revision ${id}`;
      return { ok: false, hresult: WU_E_XML_INVALID, message };
    }
    store.details.set(id, { title: ownText(titles.get(id) ?? ''), extended });
  }
  for (const { sha1, url } of fileLocations) store.locations.set(ownText(sha1), ownText(url));
  store.updates = fragments.updates.changed(store.updates, { removed: outOfScopeRevisionIds });
  return undefined;
}

function isLocalized(xml: string): boolean {
  return xml.startsWith('<LocalizedProperties');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

/** The title of a LocalizedProperties fragment, as an agent shows it and puts it into its events. */
function readTitle(xml: string): string | undefined {
  if (!isLocalized(xml)) return undefined;
  const text = /<Title>([^<]*)<\/Title>/.exec(xml)?.[1];
  return text?.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
