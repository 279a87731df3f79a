import type { Tier } from '#domain/fleet/inventory.ts';
import type { Held } from '#domain/rollout/campaign.ts';

/** What is called before and after a server's turn: to take a snapshot and to delete it, or any other step. */
export interface Hook {
  readonly hookId: string;
  readonly name: string;
  /** The servers it is for; absent: all of the customer. */
  readonly tiers?: readonly Tier[];
  /** https address; a turn is given only after it answered well. */
  readonly before: string;
  /** https address; absent: nothing stays open. */
  readonly after?: string;
  /** How long after the verification `after` is called. */
  readonly afterHours: number;
  /** How many servers may have something open, or half open, at a time. */
  readonly mostOpen: number;
  /** Patience with one call. */
  readonly timeoutSeconds: number;
  /** Calls of one step before it has failed. */
  readonly attempts: number;
}

/**
 * How far the calls for one server are. `before` and `after`: that step is being called, again and again; `open`: the first step is done, the
 * second not due; `done`; `failed`: one of them was given up.
 */
export type HookRunState = 'before' | 'open' | 'after' | 'done' | 'failed';

/** The calls of one hook for one server in one campaign. */
export interface HookRun {
  readonly hookId: string;
  readonly state: HookRunState;
  /** Whether the first step went well. */
  readonly isOpened: boolean;
  readonly attempts: number;
  readonly lastError?: string;
}

/** Whether a hook is for servers of a tier. */
export function isFor({ tiers }: Hook, tier: Tier | undefined): boolean {
  return tiers === undefined || (tier !== undefined && tiers.includes(tier));
}

/**
 * Whether what a run opened is closed again: a server that needs one more turn in its campaign, as when the set has grown, is called for anew.
 */
export function isClosed({ after }: Hook, { state }: HookRun): boolean {
  return after !== undefined && state === 'done';
}

/**
 * Why a server gets no turn yet: the first of its hooks whose first step is not done. `open`: how many servers each hook has open or half
 * open. Undefined where none holds it.
 */
export function hookHold(
  hooks: readonly Hook[],
  runs: ReadonlyMap<string, HookRun>,
  open: ReadonlyMap<string, number>,
): Held | undefined {
  for (const hook of hooks) {
    const text = waitsFor(hook, runs.get(hook.hookId), open.get(hook.hookId) ?? 0);
    if (text !== undefined) return { code: 'wave.hook', text, subject: hook.name };
  }
  return undefined;
}

function waitsFor(hook: Hook, run: HookRun | undefined, open: number): string | undefined {
  const { name, mostOpen } = hook;
  if (!run || isClosed(hook, run)) {
    if (open < mostOpen) return `The hook "${name}" is called before its turn.`;
    return `The hook "${name}" has ${open} servers open and may have ${mostOpen}: the next goes when one is closed.`;
  }
  if (run.state === 'after') return `The hook "${name}" is closing what it opened before its last turn.`;
  if (run.isOpened) return undefined;
  const error = run.lastError === undefined ? '' : `: ${run.lastError}`;
  if (run.state === 'failed')
    return `The hook "${name}" failed for it${error}. Mend what it calls and retry it, or remove the hook.`;
  return run.attempts === 0
    ? `The hook "${name}" is called before its turn.`
    : `The hook "${name}" was called ${run.attempts} times and is not done${error}.`;
}
