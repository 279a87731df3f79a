/** The states of an update on a server that events lead to; not applicable is the absence of all. */
export type UpdateState = 'needed' | 'downloaded' | 'installed' | 'pending-restart' | 'failed';

/** What one event says about the server or the update that it names; `none` is kept as evidence and changes no state. */
export type EventEffect =
  | { readonly kind: 'status-report' }
  | { readonly kind: 'detection'; readonly hresult: number }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'update'; readonly state: UpdateState }
  | { readonly kind: 'none' };

/** HRESULT of event 201 when the installation waits for a restart: success, restart required. */
export const RESTART_REQUIRED = 0x00240005;

/** Success with any sign bit clear; HRESULTs are signed 32-bit numbers. */
const SUCCEEDED = 0;
/** What a failed detection counts as when the event gives no code: E_FAIL. */
const UNSPECIFIED_FAILURE = -2147467259;

const NONE: EventEffect = { kind: 'none' };

/** Events of namespace 1 with an effect that the id alone decides ([MS-WUSP] 2.2.2.3, table of EventIDs). */
const EFFECTS: ReadonlyMap<number, EventEffect> = new Map([
  [156, { kind: 'status-report' }],
  [202, { kind: 'restarted' }],
  ...leadTo('downloaded', [162, 164, 188, 189]),
  ...leadTo('installed', [183, 190, 197, 523]),
  ...leadTo('pending-restart', [184, 191, 193, 194, 199, 224, 544]),
  ...leadTo('failed', [161, 182, 187, 192, 195, 198, 200, 204, 221, 225, 522, 525, 541, 545]),
  ...leadTo('needed', [222, 542]),
]);

/**
 * What an event means for the state of a server. Where the id alone does not say, the HRESULT does: 201 means a pending restart only with
 * `RESTART_REQUIRED`, 203 (processing after the restart) is installed or failed. Unknown ids have no effect.
 */
export function eventEffect(eventId: number, hresult: number): EventEffect {
  switch (eventId) {
    case 147:
      return { kind: 'detection', hresult: SUCCEEDED };
    case 148:
    case 157:
    case 158:
      return { kind: 'detection', hresult: hresult < SUCCEEDED ? hresult : UNSPECIFIED_FAILURE };
    case 201:
      return hresult === RESTART_REQUIRED ? { kind: 'update', state: 'pending-restart' } : NONE;
    case 203:
      return { kind: 'update', state: hresult >= SUCCEEDED ? 'installed' : 'failed' };
    default:
      return EFFECTS.get(eventId) ?? NONE;
  }
}

function leadTo(state: UpdateState, ids: readonly number[]): [number, EventEffect][] {
  return ids.map((id) => [id, { kind: 'update', state }]);
}
