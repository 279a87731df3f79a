import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { hresultText } from '#domain/status/hresult.ts';
import type { ReportingEvent } from '#protocol/wusp/types.ts';
import type { AgentContext } from './agent-context.ts';
import { clientVersion } from './client-version.ts';
import { BIOS, BIOS_DATE, MANUFACTURER, MODEL } from './computer-info.ts';
import { WU_S_REBOOT_REQUIRED } from './hresults.ts';
import { ownTime } from './own-clock.ts';

/** What an agent reports ([MS-WUSP] 2.2.2.4): event ids, strings and tags are derived from it. */
export type AgentEvent =
  | { readonly kind: 'detected'; readonly applicable: number }
  | { readonly kind: 'detection-failed'; readonly hresult: number }
  | { readonly kind: 'status'; readonly lists: StatusLists }
  | { readonly kind: 'download-started'; readonly update: EventUpdate }
  | { readonly kind: 'downloaded'; readonly update: EventUpdate; readonly bytes: number }
  | { readonly kind: 'download-failed'; readonly update: EventUpdate; readonly hresult: number }
  | { readonly kind: 'install-started'; readonly update: EventUpdate }
  | { readonly kind: 'installed'; readonly update: EventUpdate }
  | { readonly kind: 'install-needs-restart'; readonly update: EventUpdate }
  | { readonly kind: 'install-failed'; readonly update: EventUpdate; readonly hresult: number }
  | { readonly kind: 'removal-started'; readonly update: EventUpdate }
  | { readonly kind: 'removed'; readonly update: EventUpdate }
  | { readonly kind: 'removal-needs-restart'; readonly update: EventUpdate }
  | { readonly kind: 'removal-failed'; readonly update: EventUpdate; readonly hresult: number };

export interface EventUpdate {
  readonly identity: UpdateIdentity;
  readonly title: string;
  readonly isBundle: boolean;
}

/** The lists of a status report; lower-case update ids. One update may be in several. */
export interface StatusLists {
  /** `U`: applicable and not installed. */
  readonly installable: readonly string[];
  /** `V`. */
  readonly installed: readonly string[];
  /** `W`: installed, waiting for a restart. */
  readonly pendingRestart: readonly string[];
  /** `g`. */
  readonly failed: readonly string[];
  /** `h`. */
  readonly downloaded: readonly string[];
}

/** What varies between kinds of events. */
interface EventShape {
  readonly eventId: number;
  readonly hresult?: number;
  readonly strings?: readonly string[];
  readonly tags?: readonly string[];
}

/** Makes the wire form of an event; its instance id makes a second delivery harmless. */
export function reportingEvent(agent: AgentContext, at: Temporal.Instant, event: AgentEvent): ReportingEvent {
  const { eventId, hresult = 0, strings, tags = [] } = eventShape(event);
  const { machine, identity, random } = agent;
  const update = 'update' in event ? event.update : undefined;
  return {
    basicData: {
      sid: identity.clientId,
      sequenceNumber: 0,
      timeAtTarget: ownTime(agent, at).round({ smallestUnit: 'millisecond' }),
      eventInstanceId: random.guid(),
      namespaceId: 1,
      eventId,
      sourceId: 101,
      ...(update === undefined ? {} : { update: update.identity }),
      win32HResult: hresult | 0,
      appName: 'AutomaticUpdatesWuApp',
    },
    extendedData: {
      ...(strings === undefined ? {} : { replacementStrings: strings }),
      miscData: [...tags, ...machineTags(agent, update)],
      computerBrand: MANUFACTURER,
      computerModel: MODEL,
      biosRevision: BIOS,
      processorArchitecture: ARCHITECTURES[machine.architecture],
      osVersion: {
        major: machine.osMajor,
        minor: machine.osMinor,
        build: machine.osBuild,
        revision: 0,
        servicePackMajor: 0,
        servicePackMinor: 0,
      },
      osLocaleId: 1033,
      deviceId: '',
    },
  };
}

const ARCHITECTURES = { AMD64: 'Amd64Compatible', X86: 'X86Compatible', ARM64: 'ArmCompatible' } as const;

function machineTags({ machine, identity }: AgentContext, update: EventUpdate | undefined): readonly string[] {
  return [
    `Q=${update?.isBundle === true ? 2 : 1}`,
    `G=${clientVersion(machine.osBuild).agent.join('.')}`,
    `K=${MODEL}`,
    `L=${BIOS_DATE.slice(0, -1)}`,
    `c=${identity.sku ?? 7}`,
  ];
}

function eventShape(event: AgentEvent): EventShape {
  switch (event.kind) {
    case 'detected':
      return { eventId: 147, strings: [String(event.applicable)], tags: [`D=${event.applicable}`] };
    case 'detection-failed':
      return { eventId: 148, hresult: event.hresult, strings: [hresultText(event.hresult)] };
    case 'status':
      return { eventId: 156, tags: statusTags(event.lists) };
    case 'download-started':
      return { eventId: 167, strings: [event.update.title] };
    case 'downloaded':
      return { eventId: 162, strings: [event.update.title], tags: [`B=${event.bytes}`] };
    case 'download-failed':
      return failure(161, event);
    case 'install-started':
      return { eventId: 181, strings: [event.update.title] };
    case 'installed':
      return { eventId: 183, strings: [event.update.title] };
    case 'install-needs-restart':
      return { eventId: 201, hresult: WU_S_REBOOT_REQUIRED, strings: [event.update.title] };
    case 'install-failed':
      return failure(182, event);
    case 'removal-started':
      return { eventId: 226, strings: [event.update.title] };
    case 'removed':
      return { eventId: 222, strings: [event.update.title] };
    case 'removal-needs-restart':
      return { eventId: 224, hresult: WU_S_REBOOT_REQUIRED, strings: [event.update.title] };
    case 'removal-failed':
      return failure(221, event);
  }
}

function failure(eventId: number, { hresult, update }: { hresult: number; update: EventUpdate }): EventShape {
  return { eventId, hresult, strings: [hresultText(hresult), update.title] };
}

function statusTags(lists: StatusLists): readonly string[] {
  const tags: [string, readonly string[]][] = [
    ['U', lists.installable],
    ['V', lists.installed],
    ['W', lists.pendingRestart],
    ['g', lists.failed],
    ['h', lists.downloaded],
  ];
  return tags.filter(([, ids]) => ids.length > 0).map(([tag, ids]) => `${tag}=${ids.join(';').toUpperCase()}`);
}
